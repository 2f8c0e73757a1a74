import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from '../lab/client.js';
import { labMachine, type EnvironmentName } from '../lab/lab.js';
import { temporaryDirectory } from './temporary.js';

/** Writes an ssh config in which a host of the lab is reached through a proxy on this machine, and returns its path. */
export function proxiedConfig(name: EnvironmentName, port: number): string {
  const { address } = labMachine(name).network;
  const through = `HostName 127.0.0.1\n  Port ${port}\n  HostKeyAlias ${address}`;
  const text = readFileSync(client.sshConfig, 'utf8').replace(`HostName ${address}`, through);
  const file = join(temporaryDirectory('proxied'), 'ssh_config');
  writeFileSync(file, text);
  return file;
}
