import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKey, removeClientFiles, writeClientFiles } from './client.js';
import { issueCertificate } from './certificate.js';
import { controlGroupsNamed, HostControlGroup, removeControlGroups } from './cgroup.js';
import { makeShop } from './host-files.js';
import { ensureImage, removeUnfinishedImages, type Recipe } from './image.js';
import { checkout, labId, layout } from './layout.js';
import { Machine } from './machine.js';
import { runInRoot } from './nspawn.js';
import { mountsBelow, removeTree } from './overlay.js';
import { powerCut, supervisorsBelow } from './process.js';
import { readInventory } from './services.js';
import { sh, tryRun, until } from './system.js';

/** The lab's hosts, by the name of their environment. Their name is that of the inventory. */
export const environments = ['staging', 'production'] as const;
export type EnvironmentName = (typeof environments)[number];

export type Tell = (line: string) => void;

/** Where a host sees the shop's files and its origin repository. */
const { shop } = layout;
const shopInHost = '/srv/lab';
/** Where a host sees this checkout. */
const checkoutInHost = '/srv/paka';
const binds = { [shop]: shopInHost, [checkout]: checkoutInHost };

/** Returns a handle on a host of the lab, whether it runs or not. */
export function labMachine(name: EnvironmentName, layers: readonly string[] = []): Machine {
  return new Machine(`pakashop-${name}`, environments.indexOf(name), layers);
}

/** Boots the hosts that are not running and waits until all services of each answer. Takes seconds once cached. */
export async function up(tell: Tell): Promise<void> {
  const running = environments.filter((name) => labMachine(name).leader !== undefined);
  if (running.length < environments.length) await bootMissing(tell);
  const machines = environments.map((name) => labMachine(name));
  await Promise.all(machines.map((machine) => machine.ready()));
  tell('waiting for the services of each host');
  await Promise.all(machines.map(servicesReady));
}

async function bootMissing(tell: Tell): Promise<void> {
  await removeUnfinishedImages();
  mkdirSync(layout.hosts, { recursive: true });
  const publicKey = ensureKey();
  const running = environments.some((name) => labMachine(name).leader !== undefined);
  if (!running) makeShop(shop);
  const layers = ensureImage(recipe(), tell);
  const machines = environments.map((name) => ({ name, machine: labMachine(name, layers) }));
  for (const { name, machine } of machines) {
    if (machine.leader !== undefined) continue;
    tell(`booting ${machine.name} at ${machine.network.address}`);
    // What a killed run left half made of it.
    await machine.powerCut();
    bootFresh(machine, name, publicKey);
  }
  const ca = readFileSync(join(layers[0] ?? '', 'var/lib/lab/ca/ca.crt'), 'utf8');
  const hosts = machines.map(({ machine }) => {
    return { alias: machine.name, address: machine.network.address, hostKeys: hostKeys(machine) };
  });
  writeClientFiles(hosts, ca);
}

/** Makes a host anew from the image and boots it. */
function bootFresh(machine: Machine, environment: EnvironmentName, publicKey: string): void {
  machine.overlay.remove();
  machine.overlay.mount();
  machine.runBeforeBoot(['bash', join(shopInHost, 'install.sh'), environment], binds);
  const { root } = machine.overlay;
  const ssh = join(root, 'etc/ssh');
  for (const type of ['ed25519', 'ecdsa']) {
    const key = join(ssh, `ssh_host_${type}_key`);
    rmSync(key, { force: true });
    rmSync(`${key}.pub`, { force: true });
    sh('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', machine.name, '-f', key]);
  }
  mkdirSync(join(root, 'home/deploy/.ssh'), { recursive: true, mode: 0o700 });
  writeFileSync(join(root, 'home/deploy/.ssh/authorized_keys'), publicKey, { mode: 0o600 });
  sh('chown', ['-R', '1000:1000', join(root, 'home/deploy/.ssh')]);
  writeFileSync(join(root, 'etc/hostname'), `${machine.name}\n`);
  // An empty machine-id makes systemd take a new one at its first boot; a copied one would be shared by all hosts.
  writeFileSync(join(root, 'etc/machine-id'), '');
  appendFileSync(join(root, 'etc/hosts'), `127.0.1.1 ${machine.name}\n`);
  issueCertificate(root, machine.network.address);
  installPaka(root);
  machine.boot(binds);
}

/** An engineer who is logged in on a host has paka there, too. */
function installPaka(root: string): void {
  const client = join(checkoutInHost, '.lab');
  const environment = `PAKA_SERVICES=${client}/services.json NODE_EXTRA_CA_CERTS=${client}/ca.crt`;
  const script = `#!/bin/sh\nexec env ${environment} node ${checkoutInHost}/bin/run.js "$@"\n`;
  writeFileSync(join(root, 'usr/local/bin/paka'), script, { mode: 0o755 });
}

/** Powers a host off and makes it anew, as it was after `up`; its keys and address stay known to the client. */
export async function reset(name: EnvironmentName, tell: Tell): Promise<void> {
  await labMachine(name).remove();
  await up(tell);
}

/**
 * Boots a host that is off with its disk, keys, address and mounts as they were, and resolves when its sshd is up: its
 * services are then still starting (`servicesReady`). Throws where it runs, or has no disk: then `up` makes it.
 */
export async function bootHost(name: EnvironmentName): Promise<void> {
  const machine = labMachine(name);
  if (machine.leader !== undefined) throw new Error(`${machine.name} is running`);
  if (!machine.overlay.mounted) throw new Error(`${machine.name} has no disk: npm run lab -- up`);
  machine.boot(binds);
  await machine.ready();
}

/** Boots a running host again, by default after a power cut; otherwise as `bootHost`. */
export async function rebootHost(name: EnvironmentName, how: 'power cut' | 'in order' = 'power cut'): Promise<void> {
  const machine = labMachine(name);
  await (how === 'in order' ? machine.powerOff() : machine.powerCut());
  await bootHost(name);
}

/**
 * Removes the lab: hosts, mounts, links, namespaces, processes, and its files; the cached images stay. What a killed run
 * left goes, too. Throws where something of it remains.
 */
export async function down(): Promise<void> {
  await Promise.all(supervisorsBelow(layout.hosts).map(powerCut));
  await removeUnfinishedImages();
  await Promise.all(environments.map((name) => labMachine(name).remove()));
  removeControlGroups(`paka-lab-${labId}-`);
  removeClientFiles();
  removeTree(layout.hosts);
  const left = leftovers();
  if (left.length > 0) throw new Error(`the lab is down, but this remains of it: ${left.join(', ')}`);
}

/** Returns what of this lab is still on the machine, looked for by name and place, whatever the lab believes it has. */
function leftovers(): string[] {
  const named = (list: string): string[] =>
    list.split('\n').filter((line) => line.includes(`paka${labId}`) || line.includes(`paka-${labId}`));
  return [
    ...supervisorsBelow(layout.hosts).map((pid) => `process ${pid}`),
    ...[layout.hosts, layout.images].flatMap(mountsBelow).map((point) => `mount ${point}`),
    ...named(sh('ip', ['netns', 'list'])).map((line) => `namespace ${line}`),
    ...named(sh('ip', ['-o', 'link'])).map((line) => `link ${line}`),
    ...controlGroupsNamed(`paka-lab-${labId}-`).map((path) => `control group ${path}`),
  ];
}

/** What bakes the image, with a version that follows from every file that has a part in it. */
function recipe(): Recipe {
  const files = readdirSync(shop, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(shop.length)).update(readFileSync(file));
  return {
    name: 'shop',
    version: hash.digest('hex'),
    bake: (root) => {
      const group = new HostControlGroup(`paka-lab-${labId}-bake`);
      runInRoot(root, ['bash', join(shopInHost, 'bake.sh')], { binds, group });
    },
  };
}

function hostKeys(machine: Machine): string[] {
  const directory = join(machine.overlay.root, 'etc/ssh');
  return readdirSync(directory)
    .filter((file) => /^ssh_host_(ed25519|ecdsa)_key\.pub$/.test(file))
    .map((file) => readFileSync(join(directory, file), 'utf8').split(' ').slice(0, 2).join(' '));
}

/** Resolves when every service of the host answers its health check. */
export async function servicesReady(machine: Machine): Promise<void> {
  const urls = readInventory().services.flatMap(({ port }) => ['-o', '/dev/null', `http://localhost:${port}/health`]);
  await until(`all services of ${machine.name} answer`, 30_000, () => {
    const enter = machine.enterArguments ?? [];
    return tryRun('nsenter', [...enter, 'curl', '-q', '-sf', '--fail-early', '--max-time', '2', ...urls])
      ? true
      : undefined;
  });
}
