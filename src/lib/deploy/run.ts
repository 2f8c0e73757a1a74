import { ExitCode, PakaError, UsageError } from '../errors.js';
import { abortable } from '../host/abort.js';
import { ConnectionLostError } from '../host/errors.js';
import { InterruptedOnHostError } from '../holder/outcomes.js';
import { all } from './all.js';
import { DeclinedError, RunFailedError } from './errors.js';
import { HostRun } from './host-run.js';
import { checkRights, lookAndPlan, switchesServices } from './look.js';
import { isEmpty, type HostPlan } from './plan.js';
import type { RunReport } from './report.js';
import type { RunRequest } from './request.js';
import { runReport } from './run-report.js';
import { interrupt, settle } from './settle.js';

/**
 * Deploys to, or rolls back, the hosts of an environment, and returns what came of it. Where something stands against it
 * before anything was changed it throws: ObstacleError, LockedError, UsageError, HostUnreachableError. So it does, after
 * each host has taken back its part, with the signal's reason when it is interrupted.
 */
export async function performRun(request: RunRequest): Promise<RunReport> {
  const named = request.goal.kind === 'deploy' ? request.goal.ref : request.goal.to;
  // What a script meant to name may have come out empty: that is not the newest.
  if (named === '')
    throw new UsageError(request.goal.kind === 'deploy' ? '--ref needs a commit' : '--to needs the id of a run');
  let began = performance.now();
  const runs = request.hosts.map((host) => new HostRun(host, request.target, request.actor, request.emit));
  const report = (state: { planned?: boolean; recovered?: boolean } = {}): RunReport =>
    runReport(request, runs, { ...state, seconds: (performance.now() - began) / 1000 });
  const { signal } = request;

  let commit = await lookAndPlan(request, runs, undefined);
  const leftover = runs.filter(hasLeftover);
  if (leftover.length > 0 && !request.dryRun) {
    // A plan of a host that is half switched would be none of what then has to be done.
    for (const run of leftover) await run.putRight(request.waitSeconds, signal);
    commit = await lookAndPlan(request, runs, commit);
    // Whoever wants back from an interrupted run is back now; one state further would be too far.
    if (request.goal.kind === 'rollback' && request.goal.to === undefined) return report({ recovered: true });
  }
  if (runs.every(({ plan }) => isEmpty(plan))) return report({ planned: request.dryRun });
  await checkRights(runs, signal);
  if (request.dryRun) return report({ planned: true });
  if (request.confirm) {
    const asked = performance.now();
    if (!(await abortable(request.confirm(report({ planned: true })), signal))) throw new DeclinedError();
    // The time that somebody thought about it is not the deploy's.
    began += performance.now() - asked;
  }
  const shown = request.confirm && runs.map(({ plan }) => signature(plan));

  try {
    // One after the other, in the order of the inventory: two runs that each held a host the other waits for would wait for ever.
    for (const run of runs) await run.take(request.waitSeconds, signal);
    await abortable(workUnderLocks(request, runs, commit, shown), signal);
  } catch (thrown) {
    // Told to stop before it had the lock, a holder says itself that it was stopped: the reason is the user's all the same.
    const error: unknown = signal.aborted && thrown instanceof InterruptedOnHostError ? signal.reason : thrown;
    if (error === signal.reason) await interrupt(runs, request);
    else await settle(runs, error, request);
    // What is not as it was before is told in full, whatever ended the run.
    if (!isPartOfTheReport(error) && !runs.some(({ result }) => result === 'undo-failed')) throw error;
  } finally {
    await Promise.all(runs.map((run) => run.leave()));
  }
  return report();
}

/** A failure of the run itself is told by its report; what kept it from running, and a defect, by an error. */
function isPartOfTheReport(error: unknown): boolean {
  return [RunFailedError, ConnectionLostError, InterruptedOnHostError].some((kind) => error instanceof kind);
}

async function workUnderLocks(
  request: RunRequest,
  runs: readonly HostRun[],
  commit: string | undefined,
  shown: readonly string[] | undefined,
): Promise<void> {
  const { parallel } = request;
  // Now nobody else changes the hosts: what was planned before may not hold any more.
  await lookAndPlan(request, runs, commit);
  if (shown && runs.some(({ plan }, index) => signature(plan) !== shown[index]))
    throw new PakaError('the hosts changed while the plan was shown: nothing was done', {
      hint: 'Run it again for a new plan.',
    });
  const busy = runs.filter(({ plan }) => !isEmpty(plan));
  for (const run of runs) if (!busy.includes(run)) await run.commit('nothing to do');
  const [first] = busy;
  if (first === undefined) return;
  await all(busy, async (run) => run.adopt());
  await all(busy, async (run) => run.build(parallel));
  const hooks = request.goal.kind === 'deploy';
  if (hooks) await busy.find(switchesServices)?.hook('hook');
  for (const run of busy) await run.switch(parallel);
  for (const run of busy) await run.commit();
  await all(busy, async (run) =>
    run.prune().catch((error: unknown) => run.warnings.push(`pruning failed: ${String(error)}`)),
  );
  try {
    if (hooks) await first.hook('after');
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
    first.failure = error.failure;
  }
}

/** Something an earlier run left half done: taking the lock puts it right. */
function hasLeftover({ facts }: HostRun): boolean {
  return facts.host['switching'] === 'yes' || (facts.lock === undefined && facts.ledger.at(-1)?.event === 'start');
}

/** Everything of a plan that a person was shown; not its id and its times. */
function signature({ from, to, services, builds, adopt, links }: HostPlan): string {
  const touched = services.map(({ service, why }) => [service.name, why]);
  return JSON.stringify([
    from,
    to,
    touched,
    builds.map(({ name, commands }) => [name, commands]),
    adopt !== undefined,
    links.length,
  ]);
}

/** Returns the exit code that a report stands for. */
export function runExitCode({ hosts, result }: RunReport): ExitCode {
  if (hosts.some((host) => host.result === 'undo-failed')) return ExitCode.undoFailed;
  if (hosts.some((host) => host.result === 'interrupted')) return ExitCode.unreachable;
  if (result === 'rolled-back') return ExitCode.rolledBack;
  return result === 'failed' || hosts.some((host) => host.failure !== null) ? ExitCode.unhealthy : ExitCode.ok;
}
