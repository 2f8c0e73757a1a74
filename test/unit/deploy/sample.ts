import type { DeployFacts, Entry } from '../../../src/lib/deploy/facts.js';
import { endLine, parseLedger, type LedgerLine, type RunKind } from '../../../src/lib/deploy/ledger.js';
import { linkTarget, type ReleaseMarker } from '../../../src/lib/deploy/release.js';
import { recipeFor } from '../../../src/lib/deploy/recipe.js';
import type { DeployService, DeployTarget } from '../../../src/lib/deploy/target.js';

export const OLD = 'a'.repeat(40);
export const NEW = 'b'.repeat(40);
export const RELEASE = '20261123T060000Z-aaaaaaa';
export const RUN = '20261124T060000Z-bbbbbbb';

function service(name: string, more: Partial<DeployService> = {}): DeployService {
  return {
    ...{ name, unit: `shop-${name}.service`, port: 3000, runtime: 'node', path: `services/${name}`, uses: [] },
    ...{ build: undefined, health: '/health', after: [], shared: [], startSeconds: 30, ...more },
  };
}

export const target: DeployTarget = {
  ...{ environment: 'production', root: '/opt/shop', user: 'deploy', branch: 'production', envFile: '.env' },
  services: [
    service('gateway', { after: ['backend', 'search'] }),
    service('backend', { uses: ['packages/common'], shared: ['tmp'] }),
    service('search', { runtime: 'go' }),
    service('web', { runtime: 'python' }),
  ],
  hooks: { beforeSwitch: undefined, afterDeploy: undefined },
};

const files = [
  'services/gateway',
  'services/backend',
  'services/search',
  'services/web',
  'packages/common',
  'services/backend/package-lock.json',
  'services/search/go.mod',
];
const tree = [
  'README.md',
  'packages',
  'services',
  'services/backend',
  'services/gateway',
  'services/search',
  'services/web',
];

/** Facts of an adopted host on which all services run release RELEASE at OLD, and NEW differs in the `changed` paths. */
export function facts(changed: readonly string[] = [], more: Partial<DeployFacts> = {}): DeployFacts {
  const oids = new Map<string, string>();
  for (const path of files) {
    oids.set(`${OLD}:${path}`, `${path}@1`);
    oids.set(`${NEW}:${path}`, changed.includes(path) ? `${path}@2` : `${path}@1`);
  }
  const link = (path: string): [string, Entry] => [path, { kind: 'link', target: linkTarget(path, RELEASE) }];
  const base: DeployFacts = {
    now: new Date('2026-11-24T06:00:00Z'),
    host: {
      user: 'deploy',
      root: 'yes',
      writable: 'yes',
      envfile: 'yes',
      head: OLD,
      branch: 'production',
      shallow: 'false',
    },
    isCheckout: true,
    adopted: true,
    head: OLD,
    freeBytes: 1e10,
    lock: undefined,
    ledger: [],
    releases: new Map(),
    entries: new Map([
      link('README.md'),
      link('packages'),
      ['services', { kind: 'directory', target: '' }],
      ...target.services.map(({ path }) => link(path)),
    ]),
    fetch: { ok: true, said: [], target: NEW, onBranch: true, newer: true, older: false, subject: 'A change' },
    oids,
    trees: new Map([
      [OLD, tree],
      [NEW, tree],
    ]),
    manifests: new Map(),
    dirty: [],
    runtimes: new Map([
      ['node', 'v20.20.2'],
      ['go', 'go1.19'],
      ['python', 'Python 3.11'],
    ]),
    foreign: [],
    units: new Map(target.services.map(({ unit }) => [unit, { LoadState: 'loaded' }])),
    workingDirectories: new Map(),
  };
  return { ...base, releases: new Map([[RELEASE, marker(RELEASE, OLD, base)]]), ...more };
}

/** A release in which every service was built as it would be built now. */
export function marker(id: string, commit: string, from: DeployFacts): ReleaseMarker {
  const built = target.services.map((one) => [
    one.name,
    { recipe: recipeFor(one, from, commit).digest, runtime: from.runtimes.get(one.runtime) ?? '', path: one.path },
  ]);
  return { v: 1, id, commit, built: Object.fromEntries(built) as ReleaseMarker['built'] };
}

/** A good end in the ledger: all services in one release, unless told otherwise. */
export function good(
  id: string,
  commit: string,
  kind: RunKind = 'deploy',
  services?: Record<string, string>,
): LedgerLine {
  const all = services ?? Object.fromEntries(target.services.map(({ name }) => [name, id]));
  const run = { id, kind, who: 'Chanda', run: null, from: OLD, to: commit, services: all, root: id };
  return parseLedger([endLine(run, new Date(), 'ok')])[0] as LedgerLine;
}
