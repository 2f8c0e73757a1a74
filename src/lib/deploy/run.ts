import { ExitCode, PakaError, UsageError } from '../errors.js';
import { abortable } from '../host/abort.js';
import { ConnectionLostError } from '../host/errors.js';
import type { Host } from '../host/host.js';
import type { Actor } from './actor.js';
import { DeclinedError, ObstacleError, RunFailedError } from './errors.js';
import type { Emit } from './events.js';
import { commitObstacles, obstaclesOf, type Obstacle } from './guards.js';
import { pathObstacles } from './path-guards.js';
import { HostRun } from './host-run.js';
import { InterruptedOnHostError } from '../holder/holder.js';
import { isEmpty, planDeploy, type HostPlan } from './plan.js';
import { releaseId } from './release.js';
import type { RunFailure, RunReport } from './report.js';
import { planRollback, rollbackTarget } from './rollback-plan.js';
import { runReport } from './run-report.js';
import type { DeployTarget } from './target.js';

/** What is to be done. The hosts are opened by the caller, and closed by it. */
export interface RunRequest {
  readonly target: DeployTarget;
  readonly hosts: readonly Host[];
  readonly hostsInAll?: number;
  readonly actor: Actor;
  readonly goal: Goal;
  readonly parallel: number;
  /** Seconds to wait for a lock that somebody else holds. */
  readonly waitSeconds: number;
  readonly dryRun: boolean;
  /** Shown the plan; false: nothing is to be done. Absent: nobody is asked. */
  readonly confirm?: (plan: RunReport) => Promise<boolean>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export type Goal =
  | { readonly kind: 'deploy'; readonly ref: string | undefined; readonly allowOlder: boolean }
  | { readonly kind: 'rollback'; readonly to: string | undefined };

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
  } catch (error) {
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

/** Looks at all hosts and plans, or throws what stands against it. Returns the commit, the same for all hosts. */
async function lookAndPlan(
  { goal, target, signal }: RunRequest,
  runs: readonly HostRun[],
  pinned: string | undefined,
): Promise<string | undefined> {
  const fetch = goal.kind === 'deploy';
  const ref = pinned ?? (goal.kind === 'deploy' ? goal.ref : undefined);
  await all(runs, async (run) => run.look({ ref, fetch }, signal));
  await throwObstacles(runs, (run) => obstaclesOf(target, run.facts, { local: run.host.transport === 'local' }));
  if (goal.kind === 'rollback') {
    await planRollbacks(target, runs, goal.to, signal);
    return undefined;
  }
  await throwObstacles(runs, (run) => commitObstacles(target, run.facts, { ...goal, ref }));
  const commit = runs[0]?.facts.fetch?.target ?? '';
  // Somebody may have pushed between two looks: all hosts get what the first one saw.
  const others = runs.filter(({ facts }) => facts.fetch?.target !== commit);
  if (others.length > 0) {
    await all(others, async (run) => run.look({ ref: commit, fetch }, signal));
    await throwObstacles(others, (run) => commitObstacles(target, run.facts, { ...goal, ref: commit }));
  }
  await throwObstacles(runs, (run) => pathObstacles(target, run.facts, commit));
  const id = runs[0]?.id ?? releaseId(runs[0]?.now ?? new Date(), commit);
  const planFor = (run: HostRun, hookService?: string): HostPlan =>
    planDeploy(target, run.facts, { id, commit, hookService });
  for (const run of runs) {
    run.id = id;
    run.plan = planFor(run);
  }
  // The hook runs on the first host that switches something, and its service is built there for it.
  const hooked = runs.find(switchesServices);
  if (hooked) hooked.plan = planFor(hooked, target.hooks.beforeSwitch?.service);
  return commit;
}

async function planRollbacks(
  target: DeployTarget,
  runs: readonly HostRun[],
  to: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const states = runs.map((run) => rollbackTarget(run.host.name, run.facts, to));
  const commits = new Set(states.map((state) => state.to));
  if (commits.size > 1)
    throw new UsageError('the hosts have different earlier deploys: which one is meant?', {
      hint: runs.map((run, index) => `${run.host.name}: --to ${states[index]?.id ?? ''}`).join('\n'),
    });
  const id = runs[0]?.id ?? releaseId(runs[0]?.now ?? new Date(), states[0]?.to ?? '');
  await all(runs, async (run) => {
    const state = states[runs.indexOf(run)];
    if (state === undefined) return;
    // Once more, as only now it is known which commit's entries matter.
    await run.look({ ref: state.to, fetch: false }, signal);
    run.id = id;
    run.plan = planRollback(target, run.facts, state, id);
  });
}

function switchesServices({ plan }: HostRun): boolean {
  return plan.services.length > 0;
}

async function throwObstacles(runs: readonly HostRun[], find: (run: HostRun) => readonly Obstacle[]): Promise<void> {
  const found = runs.flatMap((run) => find(run).map((obstacle) => ({ host: run.host.name, obstacle })));
  if (found.length > 0) throw new ObstacleError(found);
  return Promise.resolve();
}

async function checkRights(runs: readonly HostRun[], signal: AbortSignal): Promise<void> {
  const refused = await Promise.all(runs.map(async (run) => run.unitsRefused(signal)));
  await throwObstacles(runs, (run) => {
    const units = refused[runs.indexOf(run)] ?? [];
    if (units.length === 0) return [];
    const rule = `${run.target.user} ALL=(ALL) NOPASSWD: /bin/systemctl restart ${units[0] ?? ''}`;
    return [
      {
        problem: `${run.target.user} may not restart ${units.join(', ')}`,
        fix: `sudo must allow it without a password. In a file of /etc/sudoers.d (sudo visudo -f …), for each unit:\n  ${rule}`,
      },
    ];
  });
}

/** Something an earlier run left half done: taking the lock puts it right. */
function hasLeftover({ facts }: HostRun): boolean {
  return facts.host['switching'] === 'yes' || (facts.lock === undefined && facts.ledger.at(-1)?.event === 'start');
}

/** Does the same on all hosts at once; waits for all, and throws the first failure. */
async function all(runs: readonly HostRun[], work: (run: HostRun) => Promise<unknown>): Promise<void> {
  const outcomes = await Promise.allSettled(runs.map(work));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
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

async function interrupt(runs: readonly HostRun[], { signal, emit }: RunRequest): Promise<void> {
  const reason = signal.reason instanceof Error ? signal.reason.message : 'interrupted';
  for (const { result, host } of runs) {
    const text = 'the run itself was done before that, and stands';
    if (result === 'ok') emit({ type: 'note', host: host.name, tone: 'plain', text });
  }
  await Promise.allSettled(runs.map((run) => run.abort(reason)));
}

/** Takes back what was switched, on every host whose holder can still be spoken to, the last one first. */
async function settle(runs: readonly HostRun[], error: unknown, { emit, signal }: RunRequest): Promise<void> {
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

/** Returns the exit code that a report stands for. */
export function runExitCode({ hosts, result }: RunReport): ExitCode {
  if (hosts.some((host) => host.result === 'undo-failed')) return ExitCode.undoFailed;
  if (hosts.some((host) => host.result === 'interrupted')) return ExitCode.unreachable;
  if (result === 'rolled-back') return ExitCode.rolledBack;
  return result === 'failed' || hosts.some((host) => host.failure !== null) ? ExitCode.unhealthy : ExitCode.ok;
}
