import { Readable, Writable } from 'node:stream';

/** How much of the noise before the marker is kept, for a message about a command that never started. */
const KEPT_NOISE = 8 * 1024;

const ignore = (): void => undefined;

/**
 * One output of a command: the bytes after the marker line of launch.sh. Reads no more from its source than it is asked for.
 * After `destroy()` it goes on reading and drops what comes, for a command must not stall because nobody wants its output.
 */
export class Output extends Readable {
  /** The process group, once the marker has come. */
  group: number | undefined;
  /** Resolves when the marker comes; never, if it does not. */
  readonly started: Promise<void>;
  readonly #source: Readable;
  readonly #marker: Buffer;
  #noise: Buffer | undefined = Buffer.alloc(0);
  #start: () => void = ignore;

  constructor(source: Readable, marker: string) {
    super({ highWaterMark: 64 * 1024 });
    this.started = new Promise((resolve) => (this.#start = resolve));
    this.#source = source;
    this.#marker = Buffer.from(`${marker}:`);
    // A failure reaches whoever reads; nobody reading is no reason to end the process.
    this.on('error', ignore);
    source.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    source.on('error', (error) => this.destroy(error));
  }

  /** What came in front of the marker line, or all there is while that has not come. */
  get noise(): Uint8Array {
    return this.#noise ?? Buffer.alloc(0);
  }

  /**
   * Ends the stream, when the command has ended and all has come. Not at the end of the source: that is also what a killed command or a
   * lost connection looks like, and a reader would take what it has for whole.
   */
  finish(): void {
    this.push(null);
  }

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.resume();
    callback(error);
  }

  #receive(chunk: Buffer): void {
    const output = this.#noise ? this.#afterMarker(Buffer.concat([this.#noise, chunk])) : chunk;
    if (output.length === 0 || this.destroyed) return;
    if (!this.push(output)) this.#source.pause();
  }

  #afterMarker(received: Buffer): Buffer {
    const at = received.indexOf(this.#marker);
    const lineEnd = at < 0 ? -1 : received.indexOf('\n', at);
    if (lineEnd < 0) {
      this.#noise = received.subarray(-KEPT_NOISE);
      return Buffer.alloc(0);
    }
    this.#noise = undefined;
    this.group = Number(received.toString('latin1', at + this.#marker.length, lineEnd));
    this.#start();
    return received.subarray(lineEnd + 1);
  }
}

/**
 * A command's standard input. A command that reads no more is no error: what is written then is dropped. Destroyed with an error, as by a
 * pipeline whose source failed, it does not end the input, which the command would take for whole; it calls `onFailure`.
 */
export class Input extends Writable {
  onFailure: (error: Error) => void = ignore;
  readonly #target: Writable;
  #dropping = false;
  #written: () => void = ignore;

  constructor(target: Writable) {
    super();
    this.#target = target;
    this.on('error', ignore);
    target.on('error', () => {
      this.drop();
    });
  }

  /** Called when the command reads no more: drops what waits, and what is still written. */
  drop(): void {
    this.#dropping = true;
    this.#written();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    if (this.#dropping) {
      callback();
      return;
    }
    // ssh2 never calls back for a chunk that finds the channel closed, so `drop` does: whichever comes first.
    this.#written = () => {
      this.#written = ignore;
      callback();
    };
    this.#target.write(chunk, this.#written);
  }

  override _final(callback: () => void): void {
    this.#target.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error) this.onFailure(error);
    else this.#target.end();
    callback(error);
  }
}
