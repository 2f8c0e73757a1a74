import type { DeployFacts } from './facts.js';
import { goodStates } from './ledger.js';
import type { HostPlan } from './plan.js';

/** So many good states can be gone back to, the present one included. */
const KEEP_GOOD = 5;
/** So many releases of deploys that failed stay to be looked at; they do not count among the good ones. */
const KEEP_FAILED = 1;

/**
 * Returns the releases that a host may delete after this run: of the good states all but the newest five go, unless a
 * link, a process or a state that stays needs the release.
 */
export function releasesToPrune(facts: DeployFacts, plan: HostPlan): string[] {
  // What a rollback left can be returned to as well, while it is among the newest.
  const ended = facts.ledger.filter(({ event, result }) => event === 'end' && result === 'ok');
  const kept = [...goodStates(facts.ledger).slice(1 - KEEP_GOOD), ...ended.slice(1 - KEEP_GOOD)];
  const needed = new Set([
    ...kept.flatMap(({ services, root, id }) => [...Object.values(services), root ?? id]),
    ...Object.values(plan.after),
    plan.rootAfter,
    ...Object.values(plan.before),
    plan.rootBefore,
    plan.id,
    plan.adopt?.id,
    // What people had put into the checkout went along with it: that is for them to delete.
    ...facts.ledger.flatMap(({ adopted, id }) => (adopted ? [id] : [])),
    ...[...facts.workingDirectories.values()].flatMap((path) => /\.paka\/releases\/([^/]+)/.exec(path)?.[1] ?? []),
  ]);
  const good = new Set(
    facts.ledger
      .filter(({ event, result }) => event === 'end' && result === 'ok')
      .flatMap(({ id, root }) => [id, root]),
  );
  const others = [...facts.releases.keys()].filter((id) => !needed.has(id)).sort();
  const failed = others.filter((id) => !good.has(id));
  return [...others.filter((id) => good.has(id)), ...failed.slice(0, Math.max(0, failed.length - KEEP_FAILED))].sort();
}
