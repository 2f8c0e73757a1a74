import type { LinkChange } from '../holder/switch-item.js';
import type { DeployFacts } from './facts.js';
import { linkTarget, releaseOfPath } from './release.js';
import type { DeployTarget } from './target.js';

/** Returns the release that the links of what is no service lead to: that of most of them; undefined where none do. */
export function rootLinksLeadTo({ services }: DeployTarget, facts: DeployFacts): string | undefined {
  const counts = new Map<string, number>();
  for (const [path, { target }] of facts.entries) {
    const isOther = !path.includes('/') && !services.some((service) => service.path === path);
    const id = isOther ? releaseOfPath(target) : undefined;
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * Returns the links of the repository's other entries that have to change for a commit: those that shall lead to the
 * release `id`, and those of entries that the commit does not have.
 */
export function linkChanges(
  target: DeployTarget,
  facts: DeployFacts,
  { commit, id, adopted }: { commit: string; id: string; adopted: string | undefined },
): LinkChange[] {
  const former = formerServices(target, facts);
  const wanted = otherEntries(target, facts.trees.get(commit) ?? []).filter((path) => !former.includes(path));
  const present =
    adopted === undefined
      ? [...facts.entries].flatMap(([path, { target: to }]) => (releaseOfPath(to) === undefined ? [] : [path]))
      : otherEntries(target, facts.trees.get(facts.head) ?? []);
  const gone = otherEntries(target, present).filter((path) => !wanted.includes(path) && !former.includes(path));
  return [
    ...wanted.map((path) => ({ path, target: linkTarget(path, id) })),
    ...gone.map((path) => ({ path, target: undefined })),
  ];
}

/**
 * Returns the paths that releases were built at for services that the inventory does not have any more. Their units may
 * still run, and would not find a built release behind a link that moves on.
 */
export function formerServices({ services }: DeployTarget, { releases, entries }: DeployFacts): string[] {
  const built = [...releases.values()].flatMap((marker) => Object.values(marker?.built ?? {}).map(({ path }) => path));
  return [...new Set(built)].filter((path) => entries.has(path) && !services.some((service) => service.path === path));
}

/** Of entries of the repository, those that get a link of their own: neither a service nor a directory that holds one. */
export function otherEntries({ services }: DeployTarget, entries: readonly string[]): string[] {
  const holds = (path: string): boolean =>
    services.some(({ path: service }) => service === path || service.startsWith(`${path}/`));
  return [...new Set(entries)].filter((path) => path !== '' && !holds(path));
}

/** Returns the paths that a commit wants a link at though something else lies there that is no link of a release. */
export function blockedPaths(target: DeployTarget, facts: DeployFacts, commit: string): string[] {
  if (!facts.adopted) {
    const before = new Set(facts.trees.get(facts.head) ?? []);
    return otherEntries(target, facts.trees.get(commit) ?? []).filter(
      (path) => !before.has(path) && facts.entries.has(path),
    );
  }
  const paths = [...otherEntries(target, facts.trees.get(commit) ?? []), ...target.services.map(({ path }) => path)];
  return paths.filter((path) => {
    const entry = facts.entries.get(path);
    return entry !== undefined && releaseOfPath(entry.target) === undefined;
  });
}
