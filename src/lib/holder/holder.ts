import { commandName, type Command } from '../host/command.js';
import { ConnectionLostError } from '../host/errors.js';
import type { Host, Running } from '../host/host.js';
import { lastLines } from '../host/text.js';
import { ExitCode, PakaError } from '../errors.js';
import { restartPrefix } from '../systemd/privileged.js';
import { LockedError, parseLockHolder, type LockHolder } from './lock-holder.js';
import { holderCommand } from './program.js';
import { encodeRecord, RecordReader } from './records.js';
import { InterruptedOnHostError } from './outcomes.js';
import type {
  Ended,
  HolderObserver,
  ServiceProgress,
  StepOptions,
  StepOutcome,
  SwitchOutcome,
  TakeOptions,
} from './outcomes.js';
import { itemFields, type SwitchItem } from './switch-item.js';

/** The holder gives up on a client that says nothing for 10 s. */
const BEAT_MS = 2000;
/** How long its end may take once it was told to go: it may have to take back a switch. */
const FAREWELL_MS = 120_000;

/**
 * The program on a host that holds the lock and does the acts, as its client sees it. While it is held a beat goes out
 * every 2 s; without beats, or when the connection ends, the holder undoes an unfinished switch by itself. Every call throws
 * ConnectionLostError where the connection ends first.
 */
export class Holder {
  readonly #pending = new Map<string, (fields: readonly string[]) => void>();
  readonly #reader = new RecordReader();
  readonly #finished: Promise<void>;
  #failure: Error | undefined;
  #next = 0;
  /** Of the run: as it was asked for, unless the host has had a run of that id. */
  id: string;
  #aborting = false;
  #held: (holder: LockHolder | undefined) => void = () => undefined;
  #ended: Ended | undefined;
  #stderr = Buffer.alloc(0);
  readonly #beats: NodeJS.Timeout;

  private constructor(
    readonly host: Host,
    private readonly running: Running,
    private readonly observer: HolderObserver,
    id: string,
  ) {
    this.id = id;
    running.stdout.on('data', (chunk: Buffer) => {
      for (const fields of this.#reader.read(chunk)) this.#receive(fields);
    });
    running.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-8192);
    });
    running.stderr.on('error', () => undefined);
    this.#beats = setInterval(() => {
      this.#send('beat');
    }, BEAT_MS);
    this.#finished = this.#watchEnd();
    this.#finished.catch(() => undefined);
  }

  /**
   * Takes the lock of a root. Throws LockedError where it is held and not to be had in the time, and what Host.start throws.
   * An abort while the lock is waited for throws the signal's reason; afterwards `abort` is the way to stop.
   */
  static async take(host: Host, options: TakeOptions, signal?: AbortSignal): Promise<Holder> {
    const { root, id, who, run, kind, envFile, waitSeconds, observer = {} } = options;
    const details = JSON.stringify({ who, run, kind, id }).slice(0, -1);
    const command = holderCommand(
      'hold',
      root,
      id,
      details,
      String(waitSeconds),
      `${root}/${envFile}`,
      ...restartPrefix,
    );
    const holder = new Holder(host, await host.start(command, { signal: undefined }), observer, id);
    const onAbort = (): void => {
      holder.#send('abort', 'interrupted');
    };
    signal?.addEventListener('abort', onAbort);
    try {
      if (signal?.aborted) onAbort();
      const other = await holder.#answerOf<LockHolder | undefined>((resolve) => (holder.#held = resolve));
      if (other) throw new LockedError(host.name, other);
      return holder;
    } catch (error) {
      await holder.leave();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Writes the line that says what began. */
  async begin(startLine: string): Promise<void> {
    await this.#ask('begin', startLine);
  }

  /**
   * Runs a command under the lock; it and its children end with the run. Its output is `text` (shown and logged, without
   * secrets), `shown` (not logged), or `raw` data.
   */
  async step(command: Command, { input = '', kind = 'text' }: StepOptions = {}): Promise<StepOutcome> {
    const [code = '', output = ''] = await this.#ask('step', commandName(command), kind, input, ...command.argv);
    return { code: Number(code), output };
  }

  /** Flips links and restarts units in waves, until all are well or one is not. The record of it makes it undoable. */
  async switch(
    items: readonly SwitchItem[],
    { parallel, branch, commit }: { parallel: number; branch: string; commit: string },
  ): Promise<SwitchOutcome> {
    const fields = items.flatMap(itemFields);
    const [result, service = '', reason = ''] = await this.#ask('switch', String(parallel), branch, commit, ...fields);
    if (result === 'ok') return { ok: true };
    return { ok: false, begun: result !== 'refused', service: service === '' ? undefined : service, reason };
  }

  /** Takes the switch back. Returns what is not as it was before, undefined where all is. */
  async undo(): Promise<string | undefined> {
    const [result, failures] = await this.#ask('undo');
    return result === 'failed' ? failures : undefined;
  }

  /**
   * Makes the switch final: the branch moves, the ledger gets this line, and nothing is undone any more. Returns why the branch
   * could not be moved, if so. Throws PakaError where the switch is not final, and can still be undone.
   */
  async commit(endLine: string): Promise<string | undefined> {
    const [code, said = ''] = await this.#ask('commit', endLine);
    if (code !== '0') throw new PakaError(`${this.host.name}: the run could not be made final: ${said}`);
    return said === '' ? undefined : said;
  }

  /** Writes the line that says how the run ended, where nothing was switched or it was undone. */
  async end(endLine: string): Promise<void> {
    await this.#ask('end', endLine);
  }

  /** Stops the run as it is: steps are ended, an unfinished switch is taken back, the ledger says so. */
  async abort(reason: string): Promise<Ended> {
    this.#aborting = true;
    this.#send('abort', reason);
    await this.#finished.catch(() => undefined);
    if (this.#ended) return this.#ended;
    throw this.#failure ?? new ConnectionLostError(this.host.name);
  }

  /** Says goodbye and waits until the lock is free. What was begun and not ended is undone by then. Does not throw. */
  async leave(): Promise<void> {
    this.#send('bye');
    this.running.stdin.end();
    const late = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL_MS).unref());
    await Promise.race([this.#finished.catch(() => undefined), late]);
    clearInterval(this.#beats);
  }

  async #ask(verb: string, ...fields: string[]): Promise<readonly string[]> {
    const seq = String(this.#next++);
    return this.#answerOf((resolve) => {
      this.#pending.set(seq, resolve);
      this.#send(verb, seq, ...fields);
    });
  }

  /** Resolves when `ask` calls back, rejects when the holder ends first. */
  async #answerOf<T>(ask: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#finished.then(() => {
        reject(this.#endedEarly());
      }, reject);
      ask(resolve);
    });
  }

  #send(...fields: string[]): void {
    this.running.stdin.write(encodeRecord(fields));
  }

  #receive(fields: readonly string[]): void {
    const [kind, first = '', second = '', ...rest] = fields;
    switch (kind) {
      case 'holding':
        this.id = first;
        this.#held(undefined);
        return;
      case 'locked':
        this.#held(parseLockHolder(first));
        return;
      case 'waiting':
        this.observer.waiting?.(parseLockHolder(first));
        return;
      case 'recovering':
        this.observer.recovering?.();
        return;
      case 'recovered':
        this.observer.recovered?.(first);
        return;
      case 'reply':
        // A step's output may hold the separator of fields: it is the last of them.
        this.#settle(first, [second, rest.join('\x1d')]);
        return;
      case 'switched':
        this.#settle(first, [second, ...rest]);
        return;
      case 'undone':
        this.#settle(first, [second, ...rest]);
        return;
      case 'service':
        this.observer.service?.({
          name: first,
          step: second as ServiceProgress['step'],
          detail: rest[0] ?? '',
          undoing: rest[1] === 'undo',
        });
        return;
      case 'stopping':
        this.observer.stopping?.();
        return;
      case 'ended':
        this.#ended = { undone: rest[0] === 'undone', undoFailures: second === '' ? undefined : second };
        return;
      case 'failed':
        this.#failure = new PakaError(`${this.host.name}: ${first}`, {
          hint: 'Does everything under root belong to the deploy user? `paka status` tells more.',
        });
        return;
      default:
    }
  }

  #settle(seq: string, fields: readonly string[]): void {
    this.#pending.get(seq)?.(fields);
    this.#pending.delete(seq);
  }

  async #watchEnd(): Promise<void> {
    try {
      const exit = await this.running.exit;
      if (exit.code === null) this.#failure ??= new ConnectionLostError(this.host.name);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new ConnectionLostError(this.host.name, { cause: error });
      throw error;
    } finally {
      clearInterval(this.#beats);
    }
  }

  #endedEarly(): Error {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#aborting) return new PakaError('interrupted', { exitCode: ExitCode.interrupted });
    if (this.#ended) return new InterruptedOnHostError(this.host.name, this.#ended);
    const said = lastLines(this.#stderr, 3).join(' / ');
    return new PakaError(`${this.host.name}: the program that holds the lock ended too early${said && `: ${said}`}`);
  }
}
