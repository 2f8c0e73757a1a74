import { join } from 'node:path';
import { client } from '../test/lab/client.js';
import { checkout } from '../test/lab/layout.js';
import { labEnvironment } from '../test/support/paka.js';
import type { Contestant } from './measure.js';

/** Returns paka with these arguments, as the lab's user calls it. */
export function paka(...args: string[]): Contestant {
  const argv = [process.execPath, join(checkout, 'bin/run.js'), ...args] as const;
  return { name: `paka ${args.join(' ')}`, argv, env: labEnvironment() };
}

/** Returns a command on a host by OpenSSH, with the lab's own configuration. */
export function ssh(name: string, host: string, command: string): Contestant {
  return { name, argv: ['ssh', '-F', client.sshConfig, host, command], env: labEnvironment() };
}
