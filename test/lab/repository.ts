import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitAll, git } from './git.js';
import { manifests } from './manifests.js';
import { readInventory, type ShopService } from './services.js';
import { vendorInto } from './vendor.js';

const template = fileURLToPath(new URL('shop/repository', import.meta.url));
const commonParts = fileURLToPath(new URL('shop/repository-parts', import.meta.url));

/** Where the common part of a runtime's services goes in a service's directory. */
const commonPartIn = { node: 'src', go: '.', python: '.' } as const;

export interface ShopRepository {
  /** A clone that tests may commit in and push from. */
  readonly clone: string;
  /** The bare repository that hosts fetch from. */
  readonly origin: string;
  readonly main: string;
  readonly production: string;
}

/**
 * Makes the shop's repository with its history in `directory`, which it empties first.
 * Authors and dates are fixed: the commit ids are the same each time, as long as the template is.
 */
export function makeRepository(directory: string, services = readInventory().services): ShopRepository {
  rmSync(directory, { recursive: true, force: true });
  const clone = join(directory, 'pakashop');
  const origin = join(directory, 'pakashop.git');
  mkdirSync(clone, { recursive: true });
  git(clone, ['init', '--quiet', '--initial-branch=main']);

  writeTree(clone, services);
  const later = join(directory, 'later');
  const python = services.filter(({ runtime }) => runtime === 'python').map(({ name }) => `services/${name}`);
  for (const path of [...python, 'scripts/pakashop-status.sh']) move(join(clone, path), join(later, path));
  const pricing = join(clone, 'services/pricing/src/index.js');
  replaceIn(pricing, 'FREE_DELIVERY_FROM = 50000', 'FREE_DELIVERY_FROM = 75000');
  commitAll(clone, 'The shop: services, frontend and deploy script', {
    author: 'Chanda Mulenga',
    date: '2025-01-13T08:12:40Z',
  });

  for (const path of python) move(join(later, path), join(clone, path));
  commitAll(clone, 'Moderation and recommendations', { author: 'Thandiwe Banda', date: '2025-02-04T14:55:02Z' });

  move(join(later, 'scripts/pakashop-status.sh'), join(clone, 'scripts/pakashop-status.sh'));
  commitAll(clone, 'A status script for the hosts', { author: 'Joseph Phiri', date: '2025-02-18T06:30:11Z' });
  git(clone, ['branch', 'production']);

  replaceIn(pricing, 'FREE_DELIVERY_FROM = 75000', 'FREE_DELIVERY_FROM = 50000');
  commitAll(clone, 'Pricing: free delivery from K500', { author: 'Thandiwe Banda', date: '2025-03-06T09:41:27Z' });

  rmSync(later, { recursive: true });
  git(directory, ['clone', '--quiet', '--bare', '--no-hardlinks', clone, origin]);
  // Known by where it is seen from: the clone serves this machine, the hosts have their own path to the origin.
  git(origin, ['remote', 'remove', 'origin']);
  git(clone, ['remote', 'add', 'origin', origin]);
  git(clone, ['fetch', '--quiet', 'origin']);
  const idOf = (branch: string): string => git(clone, ['rev-parse', branch]).trim();
  return { clone, origin, main: idOf('main'), production: idOf('production') };
}

/** Writes the tree of the newest commit. */
function writeTree(directory: string, services: readonly ShopService[]): void {
  cpSync(template, directory, { recursive: true });
  // Under its real name it would be obeyed in the template too.
  renameSync(join(directory, 'gitignore'), join(directory, '.gitignore'));
  const ports = services.map(({ name, port }) => `${name}:${port}`).join('\n  ');
  replaceIn(join(directory, 'scripts/pakashop-status.sh'), `('{services}')`, `(\n  ${ports}\n)`);
  for (const service of services) {
    const root = join(directory, 'services', service.name);
    cpSync(join(commonParts, service.runtime), join(root, commonPartIn[service.runtime]), { recursive: true });
    const dependencies = service.name === 'reports' ? [vendorInto(root)] : [];
    const files = manifests(service, services, dependencies);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  }
  fixModes(directory);
}

/** Git records who may execute: that must not depend on the umask of whoever checked this template out. */
function fixModes(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) fixModes(path);
    else chmodSync(path, entry.name.endsWith('.sh') ? 0o755 : 0o644);
  }
}

function move(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
  writeFileSync(file, text.split(from).join(to));
}
