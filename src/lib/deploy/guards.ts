import { harmless } from '../text.js';
import type { DeployFacts, DirtyEntry } from './facts.js';
import type { DeployTarget } from './target.js';

/** Why a deploy must not begin: what is wrong, and what to do, a line that begins with two spaces being a command. */
export interface Obstacle {
  readonly problem: string;
  readonly fix: string;
}

/** Less free space than this is not worth a try. */
const MIN_FREE_BYTES = 100_000_000;
/** More paths than this say no more. */
const SHOWN = 8;

/** What a build leaves, and makes anew: it moves with the release that a plain checkout becomes. */
const BUILD_OUTPUT = /(?:^|\/)(?:node_modules|bin|\.venv|__pycache__|dist)(?:\/|$)/;

/** Returns what stands against any run on this host, the most basic first; several only where they are independent. */
export function obstaclesOf(target: DeployTarget, facts: DeployFacts, on: { local: boolean }): Obstacle[] {
  const { host, adopted } = facts;
  const { root, user, branch, envFile } = target;
  const missing = Object.keys(host).flatMap((key) => /^without-(.+)$/.exec(key)?.[1] ?? []);
  const me = host['user'] ?? '';
  if (me !== user) {
    const how = on.local
      ? `  sudo -u ${user} -i   # and run paka there`
      : `Log in as ${user}: \`User ${user}\` in the ssh config, or "${user}@HOST" in services.json.`;
    return [{ problem: `this is user ${me}, but ${user} deploys here`, fix: how }];
  }
  if (host['root'] === undefined)
    return [
      { problem: `there is no ${root} on the host`, fix: `Is this the right host, and "root" right in services.json?` },
    ];
  if (missing.length > 0)
    return [
      {
        problem: `the host lacks ${missing.join(', ')}`,
        fix: `  sudo apt-get install ${missing.map(packageOf).join(' ')}`,
      },
    ];
  if (facts.foreign.length > 0) return [foreignFiles(target, facts.foreign)];
  if (host['git-trouble'] !== undefined)
    return [
      {
        problem: `git cannot read ${root}: ${harmless(host['git-trouble'], 200)}`,
        fix: 'Is it a clone of the repository?',
      },
    ];
  if (!facts.isCheckout)
    return [{ problem: `${root} is no git checkout`, fix: `  git clone --branch ${branch} REPOSITORY ${root}` }];
  const checkedOut = host['branch'] ?? '';
  return [
    checkedOut === branch
      ? undefined
      : {
          problem: `${checkedOut === '' ? 'no branch is checked out' : `branch ${checkedOut} is checked out`}, but ${target.environment} is deployed from ${branch}`,
          fix: adopted
            ? `  git -C ${root} symbolic-ref HEAD refs/heads/${branch}   # if that branch is what runs`
            : `  git -C ${root} checkout ${branch}   # or deploy the environment that this host belongs to`,
        },
    host['envfile'] === undefined
      ? {
          problem: `${root}/${envFile} is missing: no service could start`,
          fix: `Put the environment file there, for ${user} only (chmod 600).`,
        }
      : undefined,
    host['shallow'] === 'true'
      ? {
          problem: 'the clone is shallow: what is older and what is newer cannot be told',
          fix: `  git -C ${root} fetch --unshallow`,
        }
      : undefined,
    facts.freeBytes < MIN_FREE_BYTES
      ? {
          problem: `only ${Math.round(facts.freeBytes / 1_000_000)} MB are free under ${root}`,
          fix: 'Make room: old releases lie in .paka/releases, packages in ~/.npm, logs in /var/log/journal.',
        }
      : undefined,
    ...unitObstacles(target, facts),
    // Half-way through an adoption they were looked at before, and git takes the links for changes.
    ...(adopted || host['adopting'] !== undefined ? [] : plainCheckoutObstacles(target, facts)),
  ].filter((obstacle) => obstacle !== undefined);
}

/** Returns what stands against deploying the commit that was asked for. */
export function commitObstacles(
  target: DeployTarget,
  facts: DeployFacts,
  { ref, allowOlder }: { ref: string | undefined; allowOlder: boolean },
): Obstacle[] {
  const { fetch, head } = facts;
  if (fetch === undefined || !fetch.ok) return [fetchFailed(target, fetch?.said ?? [])];
  if (fetch.target === undefined)
    return [{ problem: `the repository has no commit ${ref ?? target.branch}`, fix: 'Has it been pushed?' }];
  const short = fetch.target.slice(0, 7);
  if (!fetch.onBranch)
    return [
      {
        problem: `commit ${short} is not on ${target.branch}, which ${target.environment} is deployed from`,
        fix: `Merge it into ${target.branch} and push.`,
      },
    ];
  if (fetch.newer || allowOlder) return [];
  const what = fetch.older
    ? `commit ${short} is older than ${head.slice(0, 7)}, which runs`
    : `commit ${short} does not contain ${head.slice(0, 7)}, which runs: ${target.branch} was rewritten`;
  return [
    { problem: what, fix: '`paka rollback` steps back without building. --allow-older deploys it all the same.' },
  ];
}

function fetchFailed({ root, branch }: DeployTarget, said: readonly string[]): Obstacle {
  const words = said.map((line) => harmless(line, 200)).filter((line) => line.trim() !== '');
  return {
    problem: `the origin cannot be fetched from${words.length === 0 ? ' (no answer within 5 min)' : `:\n  ${words.slice(-4).join('\n  ')}`}`,
    fix: `On the host, as the deploy user, this must work:\n  git -C ${root} fetch origin ${branch}`,
  };
}

function foreignFiles({ root, user }: DeployTarget, foreign: readonly string[]): Obstacle {
  const paths = foreign.map((line) => harmless(line.slice(line.indexOf(' ') + 1), 120) || root);
  const more = foreign.length >= 6 ? ', …' : '';
  const owner = foreign[0]?.split(' ')[0] ?? 'root';
  return {
    problem: `not everything under ${root} belongs to ${user} (${owner} owns ${paths.slice(0, 3).join(', ')}${more}): a deploy could not replace it`,
    fix: `A deploy as root leaves that. Give it back, once:\n  sudo chown -R ${user}: ${root}`,
  };
}

function unitObstacles({ root, services }: DeployTarget, { units }: DeployFacts): Obstacle[] {
  if (units.size === 0) return [{ problem: 'systemd did not answer', fix: 'On the host: systemctl status' }];
  const state = (unit: string): string => units.get(unit)?.['LoadState'] ?? '';
  const missing = services.filter(({ unit }) => state(unit) === 'not-found');
  // Of one that works outside of root nothing can be said.
  const elsewhere = services.filter(({ unit, path }) => {
    const directory = `${units.get(unit)?.['WorkingDirectory'] ?? ''}/`;
    return directory.startsWith(`${root}/`) && !directory.startsWith(`${root}/${path}/`);
  });
  const unusable = services.filter(({ unit }) => !['not-found', 'loaded', ''].includes(state(unit)));
  return [
    missing.length === 0
      ? undefined
      : {
          problem: `the host has no unit ${missing.map(({ unit }) => unit).join(', ')}`,
          fix: 'Install it under /etc/systemd/system, and: sudo systemctl daemon-reload\nOr take the service out of services.json.',
        },
    ...elsewhere.map(({ unit, path }) => ({
      problem: `${unit} works in ${units.get(unit)?.['WorkingDirectory'] ?? ''}, not in ${root}/${path} as services.json says`,
      fix: `Correct "path" of the service, or WorkingDirectory= of its unit: a deploy would flip a link that it does not use.`,
    })),
    ...unusable.map(({ unit }) => ({
      problem: `${unit} is ${state(unit) === 'masked' ? 'masked' : 'not readable for systemd'}: it could not be restarted`,
      fix:
        state(unit) === 'masked'
          ? `  sudo systemctl unmask ${unit}`
          : `  systemctl status ${unit}   # says what is wrong with it`,
    })),
  ].filter((obstacle) => obstacle !== undefined);
}

/** What a checkout holds that belongs to no commit must be cared for before its directories become releases. */
function plainCheckoutObstacles(target: DeployTarget, facts: DeployFacts): Obstacle[] {
  const modified = facts.dirty.filter(({ state }) => state !== '??' && state !== '!!');
  const tracked = new Set(facts.trees.get(facts.head) ?? []);
  const stray = facts.dirty.filter(
    (entry) => (entry.state === '??' || entry.state === '!!') && isStray(entry, target, tracked),
  );
  return [
    modified.length === 0
      ? undefined
      : {
          problem: `files of the checkout were changed by hand: ${shown(modified)}`,
          fix: `Commit and push the change, or drop it:\n  git -C ${target.root} checkout -- ${quoted(modified)}`,
        },
    stray.length === 0
      ? undefined
      : {
          problem: `files that git does not track lie among those of the repository: ${shown(stray)}`,
          fix: 'A new release would not have them. Move each out of the way, to the top of the checkout or elsewhere; or, if its service\nneeds it at run time, name it in "shared" of that service in services.json.',
        },
  ].filter((obstacle) => obstacle !== undefined);
}

/** At the top whatever is untracked may stay; in a directory that will move it may not, unless a build made it. */
function isStray({ path }: DirtyEntry, { services, envFile }: DeployTarget, tracked: ReadonlySet<string>): boolean {
  const plain = path.replace(/\/$/, '');
  const [top = ''] = plain.split('/');
  if (top === '.paka' || plain === envFile || BUILD_OUTPUT.test(plain)) return false;
  if (top === plain && !tracked.has(plain)) return false;
  if (!tracked.has(top)) return false;
  return !services.some(({ path: directory, shared }) =>
    shared.some((each) => plain === `${directory}/${each}` || plain.startsWith(`${directory}/${each}/`)),
  );
}

function shown(entries: readonly DirtyEntry[]): string {
  const paths = entries.slice(0, SHOWN).map(({ path }) => harmless(path, 120));
  return `${paths.join(', ')}${entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : ''}`;
}

function quoted(entries: readonly DirtyEntry[]): string {
  const safe = entries
    .slice(0, SHOWN)
    .map(({ path }) => (/^[\w./-]+$/.test(path) ? path : `'${harmless(path).replaceAll("'", "'\\''")}'`));
  return safe.join(' ');
}

function packageOf(tool: string): string {
  return { flock: 'util-linux', setsid: 'util-linux', systemctl: 'systemd' }[tool] ?? tool;
}
