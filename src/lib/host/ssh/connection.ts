import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { ConnectionLostError, HostUnreachableError } from '../errors.js';
import { harmless } from '../../text.js';
import type { Connected } from './transport.js';
import { Slots } from './slots.js';

/** sshd opens 10 sessions on one connection (MaxSessions in sshd_config(5)); two stay free to end commands by. */
const CHANNELS = 8;

const RETRIES = 5;
const RETRY_MS = 100;

/** An open connection to a host, on which commands run side by side. It is used until it is lost or closed, and never again. */
export class SshConnection {
  readonly #slots = new Slots(CHANNELS);
  readonly #listeners = new Set<(error: Error) => void>();
  #lost: Error | undefined;

  constructor(
    readonly host: string,
    private readonly connected: Connected,
  ) {
    const { client } = connected;
    client.on('error', (cause: unknown) => {
      this.#lose(new ConnectionLostError(host, { cause }));
    });
    const onEnd = (): void => {
      this.#lose(new ConnectionLostError(host));
    };
    client.on('end', onEnd);
    client.on('close', onEnd);
  }

  /** Whether no command can run on this connection any more. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Calls `listener` once when the connection is lost. Returns a function that takes the listener away. */
  onLost(listener: (error: Error) => void): () => void {
    if (this.#lost) {
      listener(this.#lost);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs a command line in a channel, waiting for a free one. `use` gets the channel before anything can have come from it, and a function
   * to call when it is done with it. Throws the signal's reason while it waits, ConnectionLostError, HostUnreachableError.
   */
  async open<T>(
    line: string,
    use: (channel: ClientChannel, release: () => void) => T,
    signal?: AbortSignal,
  ): Promise<T> {
    for (let alone = 0; ;) {
      const release = await this.#slots.acquire(signal);
      try {
        return await this.exec(line, (channel) => use(channel, release));
      } catch (error) {
        // Where the server allows fewer sessions than usual, the next attempt waits until one of ours is free. sshd counts a session
        // a moment longer than we do, so the only one may be refused, too.
        const refused = isOpenFailure(error);
        const waits = refused && this.#slots.shrink();
        release();
        if (!refused || (!waits && ++alone > RETRIES)) throw this.#explain(error);
        if (!waits) await sleep(RETRY_MS);
      }
    }
  }

  /** As `open`, at once: for what must not wait behind the commands that it is to end. */
  async exec<T>(line: string, use: (channel: ClientChannel) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const forget = this.onLost(reject);
      if (this.#lost) return;
      const onChannel = (error: Error | undefined, channel: ClientChannel): void => {
        forget();
        if (error) reject(error);
        // Here and now: the exit may stand in the same packet as the confirmation of the channel.
        else resolve(use(channel));
      };
      try {
        this.connected.client.exec(line, onChannel);
      } catch (cause) {
        // ssh2 throws where the connection ended before anyone listened.
        this.#lose(new ConnectionLostError(this.host, { cause }));
      }
    });
  }

  /** Ends the connection; what still uses it fails with `error`. */
  close(error: Error): void {
    this.#lose(error);
  }

  #lose(error: Error): void {
    if (this.#lost) return;
    this.#lost = error;
    this.connected.close();
    this.#slots.close(error);
    // A command's end may have arrived together with the end of the connection: let it be seen first.
    setImmediate(() => {
      for (const listener of this.#listeners) listener(error);
      this.#listeners.clear();
    });
  }

  #explain(error: unknown): unknown {
    if (this.#lost) return this.#lost;
    if (!isOpenFailure(error)) return error;
    return new HostUnreachableError(
      this.host,
      `${this.host}: the server opens no session: ${harmless(error.message)}`,
      {
        hint: 'MaxSessions in its sshd_config may be 0, or the key may be restricted to port forwarding.',
        cause: error,
      },
    );
  }
}

/** What ssh2 reports when the server refuses a channel: a `reason` code of RFC 4254 (5.1); or the exec request on it, by this text. */
function isOpenFailure(error: unknown): error is Error {
  return error instanceof Error && ('reason' in error || error.message === 'Unable to exec');
}
