import { Readable, Writable } from 'node:stream';
import type { Command } from '../../src/lib/host/command.js';
import type { Exit, Host, Outcome, RunOptions, Running, StartOptions } from '../../src/lib/host/host.js';

/** How a RecordingHost answers a command: an exit code alone, an outcome in part (it succeeds with no output), or an error to throw. */
export type Reply =
  | number
  | Error
  | {
      readonly code?: number;
      readonly signal?: string;
      readonly stdout?: string | Uint8Array;
      readonly stderr?: string | Uint8Array;
    };

/** A command that a RecordingHost was given, with its input as text where `run` got one, or what was written to `stdin` so far. */
export interface Recorded {
  readonly command: Command;
  input: string;
}

/** A host that runs nothing: it keeps what it is asked to run, and answers as the test says. */
export class RecordingHost implements Host {
  readonly transport = 'ssh';
  readonly recorded: Recorded[] = [];
  closed = false;

  constructor(
    readonly name: string,
    private readonly reply: (command: Command, input: string) => Reply | Promise<Reply> = () => 0,
  ) {}

  /** The argv of each command so far. */
  get argvs(): readonly (readonly string[])[] {
    return this.recorded.map(({ command }) => command.argv);
  }

  async run(command: Command, { input = '', signal }: RunOptions = {}): Promise<Outcome> {
    signal?.throwIfAborted();
    const recorded = { command, input: typeof input === 'string' ? input : Buffer.from(input).toString() };
    this.recorded.push(recorded);
    return toOutcome(await this.reply(command, recorded.input));
  }

  /** Answers at once, before there is any input. */
  async start(command: Command, { signal }: StartOptions = {}): Promise<Running> {
    signal?.throwIfAborted();
    const recorded: Recorded = { command, input: '' };
    this.recorded.push(recorded);
    const { exit, stdout, stderr } = toOutcome(await this.reply(command, ''));
    const stdin = new Writable({
      write: (chunk: Buffer, _encoding, callback) => {
        recorded.input += chunk.toString();
        callback();
      },
    });
    return { stdin, stdout: Readable.from([stdout]), stderr: Readable.from([stderr]), exit: Promise.resolve(exit) };
  }

  async close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function toOutcome(reply: Reply): Outcome {
  if (reply instanceof Error) throw reply;
  const { code = 0, signal, stdout = '', stderr = '' } = typeof reply === 'number' ? { code: reply } : reply;
  const exit: Exit = signal === undefined ? { code, signal: null } : { code: null, signal };
  return { exit, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}
