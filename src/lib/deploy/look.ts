import { UsageError } from '../errors.js';
import { all } from './all.js';
import { ObstacleError } from './errors.js';
import { commitObstacles, obstaclesOf, type Obstacle } from './guards.js';
import type { HostRun } from './host-run.js';
import { pathObstacles } from './path-guards.js';
import { planDeploy, type HostPlan } from './plan.js';
import { releaseId } from './release.js';
import type { RunRequest } from './request.js';
import { planRollback, rollbackTarget } from './rollback-plan.js';
import type { DeployTarget } from './target.js';

/** Looks at all hosts and plans, or throws what stands against it. Returns the commit, the same for all hosts. */
export async function lookAndPlan(
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

/** Whether the plan of a host flips or restarts any service. */
export function switchesServices({ plan }: HostRun): boolean {
  return plan.services.length > 0;
}

async function throwObstacles(runs: readonly HostRun[], find: (run: HostRun) => readonly Obstacle[]): Promise<void> {
  const found = runs.flatMap((run) => find(run).map((obstacle) => ({ host: run.host.name, obstacle })));
  if (found.length > 0) throw new ObstacleError(found);
  return Promise.resolve();
}

/** Throws ObstacleError where the deploy user may not restart what a plan restarts. */
export async function checkRights(runs: readonly HostRun[], signal: AbortSignal): Promise<void> {
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
