import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, layout } from './layout.js';
import { sh } from './system.js';

const file = (name: string): string => join(layout.client, name);

/** The files with which paka and ssh reach the lab, all in `.lab/` of the checkout. */
export const client = {
  key: file('id_ed25519'),
  publicKey: file('id_ed25519.pub'),
  sshConfig: file('ssh_config'),
  knownHosts: file('known_hosts'),
  services: file('services.json'),
  ca: file('ca.crt'),
} as const;

/** A host as its users see it: the alias they type, its address, its public host keys. */
export interface ClientHost {
  alias: string;
  address: string;
  hostKeys: readonly string[];
}

/** Makes the key pair of the lab's user, where it is not there yet, and returns the public key. */
export function ensureKey(): string {
  mkdirSync(layout.client, { recursive: true });
  if (!existsSync(client.key)) sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'paka-lab', '-f', client.key]);
  return readFileSync(client.publicKey, 'utf8');
}

/**
 * Writes what a user needs to reach these hosts: ssh configuration, known hosts, the certificate authority, and the
 * checkout's services.json with its public endpoints moved to the lab, where no name resolves.
 */
export function writeClientFiles(hosts: readonly ClientHost[], ca: string): void {
  const config = hosts.map(({ alias, address }) => {
    const settings = [
      `HostName ${address}`,
      'User deploy',
      `IdentityFile "${client.key}"`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile "${client.knownHosts}"`,
      'GlobalKnownHostsFile none',
    ];
    return [`Host ${alias}`, ...settings.map((line) => `  ${line}`)].join('\n');
  });
  writeFileSync(client.sshConfig, `${config.join('\n\n')}\n`);
  const known = hosts.flatMap(({ address, hostKeys }) => hostKeys.map((key) => `${address} ${key}`));
  writeFileSync(client.knownHosts, `${known.join('\n')}\n`);
  writeFileSync(client.ca, ca);
  const inventory = JSON.parse(readFileSync(join(checkout, 'services.json'), 'utf8')) as InventoryFile;
  for (const environment of Object.values(inventory.environments)) {
    const address = hosts.find(({ alias }) => environment.hosts.includes(alias))?.address ?? '';
    for (const endpoint of environment.endpoints ?? [])
      endpoint.url = `https://${address}${new URL(endpoint.url).pathname}`;
  }
  writeFileSync(client.services, `${JSON.stringify(inventory, undefined, 2)}\n`);
  giveToInvokingUser();
}

interface InventoryFile {
  environments: Record<string, { hosts: string[]; endpoints?: { url: string }[] }>;
}

/** Under sudo the files are root's: whoever typed the command must be able to use the key. */
function giveToInvokingUser(): void {
  const [uid, gid] = [process.env['SUDO_UID'], process.env['SUDO_GID']];
  if (uid === undefined || gid === undefined) return;
  for (const path of [layout.client, ...Object.values(client)])
    if (existsSync(path)) chownSync(path, Number(uid), Number(gid));
}

export function removeClientFiles(): void {
  rmSync(layout.client, { recursive: true, force: true });
}
