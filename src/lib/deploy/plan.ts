import type { LinkChange } from '../holder/switch-item.js';
import { waveNumbers } from '../restart/waves.js';
import { changesOf, reusableInstall, runtimeVersion, standingOf, type Standing } from './changes.js';
import type { DeployFacts } from './facts.js';
import { goodStates, type RunKind } from './ledger.js';
import { formerServices, linkChanges, rootLinksLeadTo } from './links.js';
import { needsDevPackages, recipeFor, workspaceCommands, type BuildCommand, type Recipe } from './recipe.js';
import { isReleaseId, releaseId, releasePath, timeOfId, type Built, type ReleaseMarker } from './release.js';
import { under, type DeployService, type DeployTarget } from './target.js';

/** What one run does on one host: a value that is shown, carried out, or both, and in either case the same. */
export interface HostPlan {
  readonly kind: RunKind;
  /** Names the run, and the release it makes. */
  readonly id: string;
  /** Of a rollback: the run whose state it goes to. */
  readonly state?: string;
  readonly from: string;
  readonly to: string;
  /** The first line of the commit's message. */
  readonly subject: string;
  /** The plain checkout becomes this release first. */
  readonly adopt: ReleaseMarker | undefined;
  /** The release that is made; undefined where nothing new is needed. */
  readonly release: ReleaseMarker | undefined;
  readonly builds: readonly BuildStep[];
  /** What is flipped and restarted, in the order of the waves. */
  readonly services: readonly ServicePlan[];
  /** Links that lead to no service: the rest of the repository. */
  readonly links: readonly LinkChange[];
  readonly unchanged: readonly string[];
  /** The release of each service before and after. */
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** The release that the rest of the repository is linked to, before and after. */
  readonly rootBefore: string | null;
  readonly rootAfter: string | null;
  readonly notes: readonly string[];
}

export interface ServicePlan {
  readonly service: DeployService;
  /** Undefined: it has no release yet. */
  readonly was: string | undefined;
  readonly now: string;
  /** Why, in words: paths that differ, or what else. */
  readonly why: readonly string[];
  readonly builds: boolean;
  readonly wave: number;
}

/** One build, in a directory of the new release. */
export interface BuildStep {
  /** The service, or WORKSPACE for the install that all share. */
  readonly name: string;
  /** Relative to root. */
  readonly directory: string;
  readonly commands: readonly BuildCommand[];
  /** A directory, relative to root, whose node_modules is taken over instead of installing. */
  readonly reuse: string | undefined;
}

export const WORKSPACE = '(workspace)';

export interface PlanOptions {
  /** Of the run. */
  readonly id: string;
  /** The commit to deploy, that of the facts. */
  readonly commit: string;
  /** A service that is built though nothing of it changed: a hook runs in its release. */
  readonly hookService?: string | undefined;
}

/** Whether a plan changes anything. */
export function isEmpty(plan: HostPlan): boolean {
  return (
    plan.adopt === undefined &&
    plan.services.length === 0 &&
    plan.release === undefined &&
    plan.links.length === 0 &&
    plan.from === plan.to
  );
}

/** Returns what a deploy of a commit does on a host of which these are the facts, and against which nothing stands. */
export function planDeploy(
  target: DeployTarget,
  facts: DeployFacts,
  { id, commit, hookService }: PlanOptions,
): HostPlan {
  const recipes = new Map(target.services.map((service) => [service.name, recipeFor(service, facts, commit)]));
  const adopt = facts.adopted ? undefined : adoptedRelease(id, target, facts, recipes);
  const standings = new Map(
    target.services.map((service) => [service.name, adopt ? adoptedStanding(adopt) : standingOf(service, facts)]),
  );
  const waves = waveNumbers(target.services);

  const services = target.services.flatMap((service): ServicePlan[] => {
    const standing = standings.get(service.name) ?? { release: undefined, marker: undefined, running: undefined };
    const recipe = recipes.get(service.name);
    const wave = waves.get(service.name) ?? 0;
    const why = recipe === undefined ? [] : changesOf(service, standing, facts, commit, recipe);
    if (why.length > 0) return [{ service, was: standing.release, now: id, why, builds: true, wave }];
    const { release, running } = standing;
    const isStale = release !== undefined && running !== undefined && running !== release;
    if (!isStale) return [];
    return [{ service, was: running, now: release, why: ['its process runs another release'], builds: false, wave }];
  });

  const root = rootLinksLeadTo(target, facts);
  const building = services.filter((plan) => plan.builds);
  const rootIsRight = adopt === undefined ? facts.releases.get(root ?? '')?.commit === commit : adopt.commit === commit;
  const makesRelease = building.length > 0 || commit !== facts.head || !rootIsRight;
  const hooked = services.length === 0 ? undefined : target.services.find(({ name }) => name === hookService);
  const built = [
    ...building.map(({ service }) => service),
    ...(hooked && makesRelease && !building.some(({ service }) => service === hooked) ? [hooked] : []),
  ];
  const release = makesRelease ? { ...marker(id, commit, built, facts, recipes) } : undefined;
  const before = Object.fromEntries(
    [...standings].flatMap(([name, { release: its }]) => (its === undefined ? [] : [[name, its]])),
  );
  return {
    kind: 'deploy',
    id,
    from: facts.head,
    to: commit,
    subject: facts.fetch?.subject ?? '',
    adopt,
    release,
    builds: release === undefined ? [] : buildSteps(built, id, standings, facts, commit, recipes),
    services: services.toSorted((a, b) => a.wave - b.wave),
    links: release === undefined ? [] : linkChanges(target, facts, { commit, id, adopted: adopt?.id }),
    unchanged: target.services
      .filter((one) => !services.some(({ service }) => service === one))
      .map(({ name }) => name),
    before,
    after: { ...before, ...Object.fromEntries(services.map(({ service, now }) => [service.name, now])) },
    rootBefore: adopt?.id ?? root ?? null,
    rootAfter: release?.id ?? adopt?.id ?? root ?? null,
    notes: [
      ...notesOf(facts, commit),
      ...formerNotes(target, facts),
      ...usesNotes(target, facts, commit),
      ...stoppedNotes(services, facts),
    ],
  };
}

function marker(
  id: string,
  commit: string,
  services: readonly DeployService[],
  facts: DeployFacts,
  recipes: ReadonlyMap<string, Recipe>,
): ReleaseMarker {
  const built = services.map((service): [string, Built] => {
    const recipe = recipes.get(service.name)?.digest ?? '';
    return [service.name, { recipe, runtime: runtimeVersion(service, facts), path: service.path }];
  });
  return { v: 1, id, commit, built: Object.fromEntries(built) };
}

/** What lies in a plain checkout was built by hand; it is taken to be what its commit gives today. */
function adoptedRelease(
  run: string,
  target: DeployTarget,
  facts: DeployFacts,
  recipes: ReadonlyMap<string, Recipe>,
): ReleaseMarker {
  // Of a run that was killed in the middle of it there is an id already. Else a second before the run, which comes after it.
  const begun = facts.host['adopting'] ?? '';
  const id = isReleaseId(begun) ? begun : releaseId(new Date(timeOfId(run).getTime() - 1000), facts.head);
  return marker(id, facts.head, target.services, facts, recipes);
}

function adoptedStanding(release: ReleaseMarker): Standing {
  return { release: release.id, marker: release, running: release.id };
}

function buildSteps(
  services: readonly DeployService[],
  id: string,
  standings: ReadonlyMap<string, Standing>,
  facts: DeployFacts,
  commit: string,
  recipes: ReadonlyMap<string, Recipe>,
): BuildStep[] {
  const reuseOf = (directory: string, service: DeployService): string | undefined => {
    const standing = standings.get(service.name);
    const from = standing && reusableInstall(directory, service, standing, facts, commit);
    return from === undefined ? undefined : releasePath(from, directory);
  };
  const inWorkspace = services.filter(({ name }) => recipes.get(name)?.workspace);
  const [first] = inWorkspace;
  const needsDev = inWorkspace.some((service) => needsDevPackages(service, facts));
  const workspace: BuildStep[] =
    first === undefined
      ? []
      : [
          {
            name: WORKSPACE,
            directory: releasePath(id),
            commands: workspaceCommands(needsDev),
            reuse: needsDev
              ? undefined
              : inWorkspace.map((service) => reuseOf('', service)).find((from) => from !== undefined),
          },
        ];
  const own = services.flatMap((service): BuildStep[] => {
    const commands = recipes.get(service.name)?.commands ?? [];
    if (commands.length === 0) return [];
    // A build that goes on after its install may need what was taken out of the old node_modules again.
    const reuse = commands.every(({ install }) => install) ? reuseOf(service.path, service) : undefined;
    return [{ name: service.name, directory: releasePath(id, under('', service.path)), commands, reuse }];
  });
  return [...workspace, ...own];
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

/** A service that was taken out of the inventory may still run: its link is not touched. */
function formerNotes(target: DeployTarget, facts: DeployFacts): string[] {
  return formerServices(target, facts).map(
    (path) => `${path} is no service of services.json any more: its link stays as it is`,
  );
}

function notesOf(facts: DeployFacts, commit: string): string[] {
  const left = facts.ledger.findLast(
    (line) => line.event === 'end' && line.kind === 'rollback' && line.from === commit,
  );
  const isCurrent = goodStates(facts.ledger).at(-1)?.to === commit;
  return left === undefined || isCurrent
    ? []
    : [`commit ${commit.slice(0, 7)} was rolled back before, ${left.at} by ${left.who}`];
}
