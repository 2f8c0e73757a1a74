import type { DeployFacts } from './facts.js';
import { goodStates } from './ledger.js';
import { formerServices } from './links.js';
import type { ServicePlan } from './plan.js';
import type { DeployTarget } from './target.js';

/** Returns what a person who decides on a plan should know besides. */
export function planNotes(
  target: DeployTarget,
  facts: DeployFacts,
  commit: string,
  services: readonly ServicePlan[],
): string[] {
  const { beforeSwitch } = target.hooks;
  return [
    ...(beforeSwitch && services.length > 0
      ? [`before the switch runs, for ${beforeSwitch.service}: ${beforeSwitch.run}`]
      : []),
    ...rolledBackNotes(facts, commit),
    ...formerNotes(target, facts),
    ...usesNotes(target, facts, commit),
    ...stoppedNotes(services, facts),
  ];
}

/** Whoever deploys what somebody else just rolled back should know. */
function rolledBackNotes(facts: DeployFacts, commit: string): string[] {
  const left = facts.ledger.findLast(
    (line) => line.event === 'end' && line.kind === 'rollback' && line.from === commit,
  );
  const isCurrent = goodStates(facts.ledger).at(-1)?.to === commit;
  return left === undefined || isCurrent
    ? []
    : [`commit ${commit.slice(0, 7)} was rolled back before, ${left.at} by ${left.who}`];
}

/** A service that was taken out of the inventory may still run: its link is not touched. */
function formerNotes(target: DeployTarget, facts: DeployFacts): string[] {
  return formerServices(target, facts).map(
    (path) => `${path} is no service of services.json any more: its link stays as it is`,
  );
}

/** A path that is not there never changes: most likely it is misspelt. */
function usesNotes({ services }: DeployTarget, { oids }: DeployFacts, commit: string): string[] {
  return services.flatMap(({ name, uses }) =>
    uses
      .filter((path) => !oids.has(`${commit}:${path}`))
      .map((path) => `${name} uses ${path}, which commit ${commit.slice(0, 7)} does not have`),
  );
}

/** Whoever stopped it may have had a reason; restarting is the only thing that the deploy user may do to a unit. */
function stoppedNotes(services: readonly ServicePlan[], { units }: DeployFacts): string[] {
  return services
    .filter(({ service }) => units.get(service.unit)?.['ActiveState'] === 'inactive')
    .map(({ service }) => `${service.name} is stopped, and will be started`);
}
