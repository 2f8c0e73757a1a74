import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { settledWithin } from './abort.js';
import type { Command } from './command.js';
import { childEnvironment, type Environment } from './environment.js';
import { HostClosedError, HostUnreachableError } from './errors.js';
import type { Exit, Host, Outcome, RunOptions, Running, StartOptions } from './host.js';
import { endGroup, launch } from './launch.js';
import { runToEnd, supervise, type HostProcess, type Supervised } from './running.js';
import { Input, Output } from './streams.js';

/** After the end of its group, how long a command's output may still be held open by a child that left the group. */
const OUTPUT_GRACE_MS = 500;

/** This machine, for an engineer logged in on a host. Commands start as they do over SSH: in the home directory, by launch.sh. */
export class LocalHost implements Host {
  readonly transport = 'local';
  readonly #running = new Set<Supervised>();
  #closed = false;

  constructor(
    readonly name: string,
    private readonly env: Environment = process.env,
  ) {}

  async run(command: Command, options: RunOptions = {}): Promise<Outcome> {
    return runToEnd(this.name, command, await this.#start(command, options), options.input);
  }

  async start(command: Command, options: StartOptions = {}): Promise<Running> {
    return this.#start(command, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running];
    for (const one of running) one.stop(new HostClosedError(this.name));
    await Promise.allSettled(running.map((one) => one.exit));
  }

  async #start(command: Command, options: StartOptions): Promise<Supervised> {
    const { argv, marker } = launch(command);
    options.signal?.throwIfAborted();
    const process = await this.#spawn(argv, marker);
    if (this.#closed || options.signal?.aborted) await process.end();
    options.signal?.throwIfAborted();
    if (this.#closed) throw new HostClosedError(this.name);

    const running = supervise(this.name, command, process, options);
    this.#running.add(running);
    const forget = (): unknown => this.#running.delete(running);
    running.exit.then(forget, forget);
    return running;
  }

  async #spawn([file, ...args]: readonly [string, ...string[]], marker: string): Promise<HostProcess> {
    const { execa } = await import('execa');
    const child = execa(file, args, {
      cwd: startDirectory(),
      env: childEnvironment(this.env),
      extendEnv: false,
      // A process group of its own, so that the command's children end with it.
      detached: true,
      cleanup: false,
      buffer: false,
      encoding: 'buffer',
      reject: false,
      stdin: 'pipe',
    });
    const { pid } = child;
    if (pid === undefined) {
      const { code } = await child;
      throw new HostUnreachableError(
        this.name,
        `${this.name}: bash cannot be started here (${code ?? 'unknown error'})`,
      );
    }
    const stdout = new Output(child.stdout, marker);
    const stderr = new Output(child.stderr, marker);
    const ended = new Promise<Exit>((resolve) => {
      child.once('close', (code, signal) => {
        resolve(code === null ? { code, signal: signal ?? 'unknown signal' } : { code, signal: null });
      });
    });
    const end = async (): Promise<void> => {
      const { argv } = endGroup(pid);
      await execa(argv[0], argv.slice(1), { reject: false, stdio: 'ignore' });
      // 'close' waits for everyone who holds the output, also a child that left the group: cut that short.
      if (await settledWithin(OUTPUT_GRACE_MS, ended)) return;
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    };
    return { stdin: new Input(child.stdin), stdout, stderr, ended, end };
  }
}

/** The home directory, as over SSH, or / for a user who has none that can be entered: sshd does the same. */
function startDirectory(): string {
  try {
    accessSync(homedir(), constants.X_OK);
    return homedir();
  } catch {
    return '/';
  }
}
