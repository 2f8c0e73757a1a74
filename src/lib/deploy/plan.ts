import type { LinkChange } from '../holder/switch-item.js';
import { waveNumbers } from '../restart/waves.js';
import { changesOf, runtimeVersion, standingOf, type Standing } from './changes.js';
import type { DeployFacts } from './facts.js';
import { buildSteps, type BuildStep } from './build-steps.js';
import type { RunKind } from './ledger.js';
import { linkChanges, rootLinksLeadTo } from './links.js';
import { planNotes } from './plan-notes.js';
import { recipeFor, type Recipe } from './recipe.js';
import { isReleaseId, releaseId, timeOfId, type Built, type ReleaseMarker } from './release.js';
import type { DeployService, DeployTarget } from './target.js';

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
    notes: planNotes(target, facts, commit, services),
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
