import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { layout } from './layout.js';
import { Overlay, removeTree } from './overlay.js';
import { kill, powerCut, processesWithArgument, supervisorsBelow } from './process.js';
import { sh } from './system.js';

const packages = [
  'systemd systemd-sysv libpam-systemd dbus openssh-server sudo iproute2 procps cron',
  'git ca-certificates curl openssl nginx-light redis-server postgresql',
  'python3-minimal python3-venv golang-go',
]
  .join(' ')
  .split(' ');

/** What all hosts share on top of the packages: `version` changes whenever `bake` would do something else. */
export interface Recipe {
  name: string;
  version: string;
  bake: (root: string) => void;
}

/**
 * Returns the layers of a root filesystem of this machine's own distribution and release, uppermost first.
 * Each layer is made once and cached by a hash of its recipe.
 */
export function ensureImage(recipe: Recipe, tell: (line: string) => void): string[] {
  const { suite, sources } = distribution();
  const base = ensureLayer(`${suite}-packages`, [suite, ...packages], (making) => {
    tell(`making a ${suite} root filesystem of ${packages.length} packages and what they need (once; about a minute)`);
    sh('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, suite, making, sources]);
  });
  const shared = ensureLayer(`${suite}-${recipe.name}`, [base, recipe.version], (making) => {
    tell('installing what all hosts share');
    const overlay = new Overlay(`${making}.overlay`, [base]);
    try {
      overlay.mount();
      recipe.bake(overlay.root);
      overlay.unmount();
      renameSync(overlay.upper, making);
    } finally {
      overlay.remove();
    }
  });
  removeImages([shared, base]);
  return [shared, base];
}

const UNFINISHED = '.part';

/** Makes a layer under a temporary name, so that a killed run leaves nothing that looks complete. */
function ensureLayer(name: string, recipe: readonly string[], make: (directory: string) => void): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  const layer = join(layout.images, `${name}-${hash}`);
  if (existsSync(layer)) return layer;
  mkdirSync(layout.images, { recursive: true });
  const making = `${layer}${UNFINISHED}`;
  make(making);
  renameSync(making, layer);
  return layer;
}

/**
 * Ends whatever a killed run still makes layers with, and removes its half-made ones. Only under the lab's lock, of which
 * there is one a machine: no other run is at it then.
 */
export async function removeUnfinishedImages(): Promise<void> {
  for (const supervisor of supervisorsBelow(layout.images)) await powerCut(supervisor);
  for (const pid of processesWithArgument(new RegExp(`${layout.images}/[^/]*\\${UNFINISHED}`))) await kill(pid);
  if (!existsSync(layout.images)) return;
  for (const entry of readdirSync(layout.images)) {
    if (entry.includes(UNFINISHED)) removeTree(join(layout.images, entry));
  }
}

/** Removes the cached layers that no running host of this machine uses, but for those to `keep`. */
export function removeImages(keep: readonly string[] = []): void {
  if (!existsSync(layout.images)) return;
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8');
  for (const entry of readdirSync(layout.images)) {
    const layer = join(layout.images, entry);
    if (!keep.includes(layer) && !mounted.includes(layer)) removeTree(layer);
  }
}

/** The release of this machine and the file that says where its packages come from: the lab names no mirror itself. */
function distribution(): { suite: string; sources: string } {
  const suite = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (suite === undefined) throw new Error('/etc/os-release names no VERSION_CODENAME: the lab needs Debian or Ubuntu');
  const candidates = ['debian.sources', 'ubuntu.sources'].map((file) => join('/etc/apt/sources.list.d', file));
  const sources = [...candidates, '/etc/apt/sources.list'].find((file) => existsSync(file));
  if (sources === undefined) throw new Error('no apt sources found under /etc/apt: the lab needs Debian or Ubuntu');
  return { suite, sources };
}
