import { abortable, settledWithin } from '../abort.js';
import type { Command } from '../command.js';
import type { Environment } from '../environment.js';
import { HostClosedError, HostUnreachableError } from '../errors.js';
import type { Host, Outcome, RunOptions, Running, StartOptions } from '../host.js';
import { launch } from '../launch.js';
import { runToEnd, supervise, type Supervised } from '../running.js';
import { connectSsh } from './connect.js';
import { TIMING, type Timing } from './target.js';
import { SshConnection } from './connection.js';
import { sshProcess, type SshProcess } from './process.js';

/** For a command that is not wanted any more while its channel opens. */
const CANCEL_MS = 4500;

/** A host over SSH, by one connection that all its commands share. */
export class SshHost implements Host {
  readonly transport = 'ssh';
  readonly #timing: Timing;
  readonly #running = new Set<Supervised>();
  #connection: SshConnection | undefined;
  #attempt: Attempt | undefined;
  #closed = false;

  constructor(
    readonly name: string,
    private readonly env: Environment = process.env,
    timing: Partial<Timing> = {},
  ) {
    this.#timing = { ...TIMING, ...timing };
  }

  async run(command: Command, options: RunOptions = {}): Promise<Outcome> {
    return runToEnd(this.name, command, await this.#start(command, options), options.input);
  }

  async start(command: Command, options: StartOptions = {}): Promise<Running> {
    return this.#start(command, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new HostClosedError(this.name);
    this.#attempt?.abort(error);
    const running = [...this.#running];
    for (const one of running) one.stop(error);
    await Promise.allSettled(running.map((one) => one.exit));
    this.#connection?.close(error);
  }

  async #start(command: Command, options: StartOptions): Promise<Supervised> {
    const { line, marker } = launch(command);
    options.signal?.throwIfAborted();
    const connection = await this.#connect(options.signal);
    const process = await this.#open(connection, line, marker, options.signal);
    const running = supervise(this.name, command, process, options);
    this.#running.add(running);
    const forget = (): unknown => this.#running.delete(running);
    running.exit.then(forget, forget);
    if (!(await settledWithin(this.#timing.startMs, Promise.race([process.started, running.exit])))) {
      running.stop(this.#shellHangs());
    }
    // Throws what kept the command from starting; a command that has started is under way.
    await Promise.race([process.started, running.exit]);
    return running;
  }

  async #open(connection: SshConnection, line: string, marker: string, signal?: AbortSignal): Promise<SshProcess> {
    const opening = connection.open(
      line,
      (channel, release) => sshProcess(connection, channel, marker, release),
      signal,
    );
    try {
      return await abortable(opening, signal);
    } catch (error) {
      if (signal?.aborted) {
        const ended = opening.then((process) => process.end());
        await settledWithin(CANCEL_MS, ended);
      }
      throw error;
    }
  }

  /** Returns the connection, opening it where there is none. All who wait share one attempt, which ends when none of them waits any more. */
  async #connect(signal: AbortSignal | undefined): Promise<SshConnection> {
    if (this.#closed) throw new HostClosedError(this.name);
    if (this.#connection && !this.#connection.isLost) return this.#connection;
    const attempt = (this.#attempt ??= this.#begin());
    attempt.waiting++;
    try {
      return await abortable(attempt.connection, signal);
    } finally {
      if (--attempt.waiting === 0) {
        attempt.abort(signal?.reason);
        if (this.#attempt === attempt) this.#attempt = undefined;
      }
    }
  }

  #begin(): Attempt {
    const controller = new AbortController();
    const { name, env } = this;
    const connection = connectSsh({ name, env, timing: this.#timing, signal: controller.signal }).then((connected) => {
      const opened = new SshConnection(name, connected);
      if (this.#closed) {
        const error = new HostClosedError(name);
        opened.close(error);
        throw error;
      }
      this.#connection = opened;
      return opened;
    });
    connection.catch(() => undefined);
    return {
      connection,
      waiting: 0,
      abort: (reason) => {
        controller.abort(reason);
      },
    };
  }

  #shellHangs(): HostUnreachableError {
    return new HostUnreachableError(
      this.name,
      `${this.name}: the login shell did not start a command within ${this.#timing.startMs / 1000} s`,
      { hint: "A start-up file of the user's shell on the host may wait for input, or for a file system that hangs." },
    );
  }
}

/** One attempt to connect, and how many commands wait for it. */
interface Attempt {
  readonly connection: Promise<SshConnection>;
  waiting: number;
  abort(reason: unknown): void;
}
