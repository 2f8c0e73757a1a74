import type { DeployFacts } from './facts.js';
import type { Obstacle } from './guards.js';
import { blockedPaths } from './links.js';
import { releaseOfPath } from './release.js';
import type { DeployTarget } from './target.js';

/** Returns what stands against giving every path of a commit its link. */
export function pathObstacles(target: DeployTarget, facts: DeployFacts, commit: string): Obstacle[] {
  const short = commit.slice(0, 7);
  const blocked = blockedPaths(target, facts, commit);
  const missing = target.services.filter(({ path }) => !facts.oids.has(`${commit}:${path}`));
  const unreadable = (facts.trees.get(commit) ?? []).filter((path) => path.includes('\ufffd'));
  return [
    ...(facts.oids.has(`${commit}:.gitmodules`)
      ? [
          {
            problem: `commit ${short} has submodules, which paka does not deploy`,
            fix: 'Bring what they hold into the repository itself, or install it as a package.',
          },
        ]
      : []),
    ...unreadable.map((path) => ({
      problem: `commit ${short} has a name that is not UTF-8: ${path}`,
      fix: 'Rename it: no link can be made that every program reads alike.',
    })),
    ...(blocked.length === 0
      ? []
      : [
          {
            problem: `${blocked.map((path) => `${target.root}/${path}`).join(', ')} would be replaced by what commit ${short} has there`,
            fix: 'Something else lies there that git does not track: move it away.',
          },
        ]),
    ...missing.map(({ name, path }) => ({
      problem: `commit ${short} has no ${path}, where ${name} should be`,
      fix: `Correct "path" of ${name} in services.json, or take the service out of it.`,
    })),
    ...linkedParents(target, facts).map((path) => ({
      problem: `${target.root}/${path} is one link, but a service lies in it now: it has to be a directory of links`,
      fix: [
        'Make it one, once, as the deploy user:',
        `  cd ${target.root} && to=$(readlink ${path}) && rm ${path} && mkdir ${path} && for f in "$to"/*; do ln -s "../$f" ${path}/; done`,
      ].join('\n'),
    })),
  ];
}

/** The directories at the top that a service lies in though they are a link into a release. */
function linkedParents({ services }: DeployTarget, { entries }: DeployFacts): string[] {
  const parents = services.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.indexOf('/'))] : []));
  return [...new Set(parents)].filter((path) => releaseOfPath(entries.get(path)?.target) !== undefined);
}
