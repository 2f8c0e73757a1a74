import { waveNumbers } from '../restart/waves.js';
import { UsageError } from '../errors.js';
import { standingOf } from './changes.js';
import type { DeployFacts } from './facts.js';
import { goodStates, type LedgerLine } from './ledger.js';
import { linkChanges, rootLinksLeadTo } from './links.js';
import type { HostPlan, ServicePlan } from './plan.js';
import type { DeployTarget } from './target.js';

/**
 * Returns the state that a rollback goes to: the one with this id, or the last good one before the present. Throws
 * UsageError where there is none, or where its releases are not there any more.
 */
export function rollbackTarget(host: string, facts: DeployFacts, to: string | undefined): LedgerLine {
  const states = goodStates(facts.ledger);
  const hint = 'paka rollback ENVIRONMENT --list shows what can be gone back to.';
  const all = facts.ledger.filter((line) => line.event === 'end' && line.result === 'ok');
  const state = to === undefined ? states.at(-2) : all.findLast(({ id }) => id === to);
  if (state === undefined)
    throw new UsageError(
      to === undefined
        ? `${host}: there is no earlier good deploy to go back to`
        : `${host}: the ledger has no good deploy ${to}`,
      { hint },
    );
  const gone = [...new Set(Object.values(state.services))].filter((id) => facts.releases.get(id) === undefined);
  if (gone.length > 0)
    throw new UsageError(
      `${host}: ${state.id} cannot be gone back to: release ${gone.join(', ')} is not there any more`,
      {
        hint: `Deploy that commit instead: paka deploy --ref ${state.to.slice(0, 12)} --allow-older`,
      },
    );
  return state;
}

/** Returns what going back to a state does on a host: links and restarts of what differs, and nothing is built. */
export function planRollback(target: DeployTarget, facts: DeployFacts, state: LedgerLine, id: string): HostPlan {
  const waves = waveNumbers(target.services);
  const standings = target.services.map((service) => ({ service, standing: standingOf(service, facts) }));
  const services = standings.flatMap(({ service, standing }): ServicePlan[] => {
    const now = state.services[service.name];
    const { release, running } = standing;
    if (now === undefined || (release === now && (running === undefined || running === now))) return [];
    const why = release === now ? ['its process runs another release'] : [];
    return [{ service, was: release, now, why, builds: false, wave: waves.get(service.name) ?? 0 }];
  });
  const before = Object.fromEntries(
    standings.flatMap(({ service, standing }) =>
      standing.release === undefined ? [] : [[service.name, standing.release]],
    ),
  );
  const root = rootLinksLeadTo(target, facts) ?? null;
  const rootAfter = state.root !== null && facts.releases.get(state.root) !== undefined ? state.root : root;
  const unknown = target.services.filter(({ name }) => state.services[name] === undefined).map(({ name }) => name);
  return {
    kind: 'rollback',
    id,
    state: state.id,
    from: facts.head,
    to: state.to,
    subject: facts.fetch?.subject ?? '',
    adopt: undefined,
    release: undefined,
    builds: [],
    services: services.toSorted((a, b) => a.wave - b.wave),
    links:
      rootAfter === null || rootAfter === root
        ? []
        : linkChanges(target, facts, { commit: state.to, id: rootAfter, adopted: undefined }),
    unchanged: target.services
      .filter((one) => !services.some(({ service }) => service === one))
      .map(({ name }) => name),
    before,
    after: { ...before, ...Object.fromEntries(services.map(({ service, now }) => [service.name, now])) },
    rootBefore: root,
    rootAfter,
    notes: unknown.map((name) => `${name} did not exist then: it is left as it is`),
  };
}
