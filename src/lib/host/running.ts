import { commandName, type Command } from './command.js';
import { OutputLimitError, TimeLimitError } from './errors.js';
import { RUN_OUTPUT_LIMIT, type Exit, type Outcome, type RunOptions, type Running, type StartOptions } from './host.js';
import type { Input, Output } from './streams.js';

/** A started command as a transport gives it: the part of Running that differs between this machine and one over SSH. */
export interface HostProcess {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Settles once the command has ended and its output has arrived; rejects when that can no longer be learned. */
  readonly ended: Promise<Exit>;
  /** Ends the command's process group: SIGTERM, then SIGKILL. Takes a bounded time and does not fail; what is gone already is well. */
  end(): Promise<void>;
}

/** A running command that its host can stop for a reason of its own, too. */
export interface Supervised extends Running {
  /** Ends the command; `exit` then rejects with `reason`. Nothing happens where it has ended. */
  stop(reason: unknown): void;
}

/** Watches over a started command: its time limit, its abort signal, a failed source of its input. */
export function supervise(host: string, command: Command, process: HostProcess, options: StartOptions): Supervised {
  const { stdin, stdout, stderr } = process;
  const { timeoutMs, signal } = options;
  let stop!: (reason: unknown) => void;

  const exit = new Promise<Exit>((resolve, reject) => {
    let stopping = false;
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeLimit, timeoutMs);
    signal?.addEventListener('abort', onAbort);
    stdin.onFailure = (error) => {
      stop(error);
    };

    stop = (reason) => {
      if (stopping) return;
      stopping = true;
      release();
      void process.end().finally(() => {
        fail(reason);
      });
    };
    process.ended.then(
      (ended) => {
        if (stopping) return;
        stopping = true;
        release();
        stdin.drop();
        stdout.finish();
        stderr.finish();
        resolve(ended);
      },
      (reason: unknown) => {
        if (stopping) return;
        stopping = true;
        release();
        fail(reason);
      },
    );
    if (signal?.aborted) onAbort();

    function onTimeLimit(): void {
      stop(new TimeLimitError(host, timeoutMs ?? 0, commandName(command)));
    }
    function onAbort(): void {
      stop(signal?.reason);
    }
    function release(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
    function fail(reason: unknown): void {
      const error = reason instanceof Error ? reason : new Error('the command was stopped', { cause: reason });
      stdin.drop();
      stdout.destroy(error);
      stderr.destroy(error);
      // The caller's own abort reason, whatever it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(reason);
    }
  });
  // Whoever reads the streams first looks at `exit` later: until then its rejection is not an unhandled one.
  exit.catch(() => undefined);
  return { stdin, stdout, stderr, exit, stop };
}

/** Feeds a started command its input, reads its output, and returns both with its exit. */
export async function runToEnd(
  host: string,
  command: Command,
  running: Supervised,
  input: RunOptions['input'],
): Promise<Outcome> {
  running.stdin.end(input);
  const outputs = Promise.all([running.stdout, running.stderr].map(collect));
  outputs.catch(() => undefined);
  // The exit first: where the command is stopped, its reason counts, and it has come to an end when that is thrown.
  const exit = await running.exit;
  const [stdout, stderr] = (await outputs) as [Buffer, Buffer];
  return { exit, stdout, stderr };

  async function collect(stream: Running['stdout']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > RUN_OUTPUT_LIMIT) {
        running.stop(new OutputLimitError(host, RUN_OUTPUT_LIMIT, commandName(command)));
        break;
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
