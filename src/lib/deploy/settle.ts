import { ConnectionLostError } from '../host/errors.js';
import { InterruptedOnHostError } from '../holder/outcomes.js';
import { RunFailedError } from './errors.js';
import type { HostRun } from './host-run.js';
import type { RunFailure } from './report.js';
import type { RunRequest } from './request.js';

/** Stops the run on every host that works, and waits until each has taken back what it switched. */
export async function interrupt(runs: readonly HostRun[], { signal, emit }: RunRequest): Promise<void> {
  const reason = signal.reason instanceof Error ? signal.reason.message : 'interrupted';
  for (const { result, host } of runs) {
    const text = 'the run itself was done before that, and stands';
    if (result === 'ok') emit({ type: 'note', host: host.name, tone: 'plain', text });
  }
  await Promise.allSettled(runs.map((run) => run.abort(reason)));
}

/** Takes back what was switched, on every host whose holder can still be spoken to, the last one first. */
export async function settle(runs: readonly HostRun[], error: unknown, { emit, signal }: RunRequest): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const onAbort = (): void => {
    const text =
      'what was switched is being taken back already: this goes on; once more to leave, and the host goes on alone';
    for (const { host, isSwitched } of runs)
      if (isSwitched) emit({ type: 'note', host: host.name, tone: 'plain', text });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  for (const run of runs.toReversed()) {
    const isHere =
      (error instanceof RunFailedError ||
        error instanceof ConnectionLostError ||
        error instanceof InterruptedOnHostError) &&
      error.host === run.host.name;
    if (isHere) run.failure = error instanceof RunFailedError ? error.failure : connectionFailure(error);
    if (isHere && error instanceof InterruptedOnHostError) {
      const { undone, undoFailures } = error.ended;
      run.result = undoFailures !== undefined ? 'undo-failed' : undone ? 'rolled-back' : 'failed';
      if (run.failure && undoFailures !== undefined) run.failure = { ...run.failure, left: undoFailures };
    }
    if (run.result !== undefined) continue;
    try {
      if (run.isSwitched) await run.undo(reason);
      else await run.fail(reason);
    } catch {
      // It cannot be spoken to any more: it undoes its part by itself.
    }
  }
  signal.removeEventListener('abort', onAbort);
}

function connectionFailure({ message }: Error): RunFailure {
  return { phase: 'connection', service: null, reason: message, log: [], left: null };
}
