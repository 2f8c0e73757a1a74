import type { DeployFacts } from './facts.js';
import { hasInstallScripts, sameInstall, type Recipe } from './recipe.js';
import { releaseOfPath, type ReleaseMarker } from './release.js';
import { installFiles, type DeployService } from './target.js';

/** Where a service stands now: the release that its link leads to, and what is known of it. */
export interface Standing {
  /** Undefined: its link leads to no complete release. */
  readonly release: string | undefined;
  readonly marker: ReleaseMarker | undefined;
  /** The release its process was started from, where that can be seen. */
  readonly running: string | undefined;
}

/** Returns where a service stands on an adopted host. */
export function standingOf(service: DeployService, facts: DeployFacts): Standing {
  const entry = facts.entries.get(service.path);
  const release = entry?.kind === 'link' ? releaseOfPath(entry.target) : undefined;
  const marker = release === undefined ? undefined : facts.releases.get(release);
  const directory = facts.workingDirectories.get(service.unit);
  return { release: marker === undefined ? undefined : release, marker, running: releaseOfPath(directory) };
}

/**
 * Returns why a service has to be built anew, in words, empty where it has not: its path, what it `uses`, its recipe or
 * its runtime is not what its present release was built from.
 */
export function changesOf(
  service: DeployService,
  standing: Standing,
  facts: DeployFacts,
  target: string,
  recipe: Recipe,
): string[] {
  const { marker } = standing;
  if (marker === undefined) return ['it runs no release yet'];
  const built = marker.built[service.name];
  const differs = (path: string): boolean =>
    facts.oids.get(`${marker.commit}:${path}`) !== facts.oids.get(`${target}:${path}`);
  const shared = recipe.workspace ? installFiles('').filter(differs) : [];
  const version = runtimeVersion(service, facts);
  return [
    ...[service.path, ...service.uses].filter(differs),
    ...shared,
    ...(built === undefined ? ['it was not built in its present release'] : []),
    ...(built !== undefined && built.recipe !== recipe.digest ? ['its build'] : []),
    ...(built !== undefined && built.runtime !== version ? [`${built.runtime} is now ${version}`] : []),
  ];
}

/** Returns what the host says of the version of a service's runtime; empty where it has none. */
export function runtimeVersion(service: DeployService, facts: DeployFacts): string {
  return facts.runtimes.get(service.runtime) ?? '';
}

/**
 * Returns the release whose node_modules of `directory` can be taken over, as nothing that decides their content differs;
 * undefined where they must be installed.
 */
export function reusableInstall(
  directory: string,
  service: DeployService,
  standing: Standing,
  facts: DeployFacts,
  target: string,
): string | undefined {
  const { marker } = standing;
  if (marker === undefined || !sameInstall(directory, facts, marker.commit, target)) return undefined;
  if (hasInstallScripts(directory, facts)) return undefined;
  return marker.built[service.name]?.runtime === runtimeVersion(service, facts) ? standing.release : undefined;
}
