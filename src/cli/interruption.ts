import { ExitCode, PakaError } from '../lib/errors.js';

/** The reason of the signal's abort when the user or the system asked paka to stop. */
export class InterruptedError extends PakaError {
  constructor(readonly signalName: NodeJS.Signals) {
    super(`interrupted by ${signalName}`, { exitCode: ExitCode.interrupted });
  }
}

/** The reason when whoever read the output has gone (`paka logs | head`): nothing is wrong, and nothing more is wanted. */
export class OutputClosedError extends PakaError {
  constructor() {
    super('the reader of the output has gone', { exitCode: ExitCode.ok });
  }
}

export interface InterruptionOptions {
  /** How long the work may take to end itself after the first signal. */
  readonly graceMs: number;
  readonly outlivesOutput: boolean;
}

/**
 * Turns SIGINT, SIGTERM, SIGHUP and a closed standard output into the abort of one signal, which all work listens to,
 * so that connections are closed and remote processes ended. The second signal leaves at once, and so does paka when the
 * work has not ended itself `graceMs` after the first. `outlivesOutput`: work that changes something goes on when nobody
 * reads of it any more (`paka deploy | head -1`).
 */
export function interruptionSignal({ graceMs, outlivesOutput }: InterruptionOptions): AbortSignal {
  const controller = new AbortController();
  const stop = (reason: PakaError): void => {
    if (controller.signal.aborted) process.exit(reason.exitCode);
    process.exitCode = reason.exitCode;
    controller.abort(reason);
    setTimeout(() => process.exit(reason.exitCode), graceMs).unref();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      stop(new InterruptedError(name));
    });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !outlivesOutput) stop(new OutputClosedError());
  });
  return controller.signal;
}
