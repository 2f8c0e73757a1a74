import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout that this lab belongs to. */
export const checkout = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Two checkouts on one machine may each have a lab: names and addresses come from the checkout's path. */
const digest = createHash('sha256').update(checkout).digest();
export const labId = digest.toString('hex').slice(0, 4);

const state = '/var/lib/paka-lab';
export const layout = {
  /** Root filesystems, shared by all labs of this machine, named by a hash of their recipe. */
  images: join(state, 'images'),
  /** What the hosts of this lab have written; removed by `down`. */
  hosts: join(state, labId),
  /** The shop's files, its origin repository and a clone of it, which the hosts see read-only. */
  shop: join(state, labId, 'shop'),
  /** Held by whoever makes or removes hosts and images; one a machine, and the same as in lab.sh. */
  lock: '/run/paka-lab.lock',
  /** What a user of the lab needs: ssh_config, key, known_hosts, services.json, CA. */
  client: join(checkout, '.lab'),
} as const;

/** Returns the two ends of the link to the lab's n-th host; each link is a network of its own. */
export function addresses(index: number): { machine: string; host: string } {
  const network = `10.${64 + ((digest[2] ?? 0) % 64)}.${digest[3] ?? 0}`;
  return { machine: `${network}.${index * 4 + 1}`, host: `${network}.${index * 4 + 2}` };
}
