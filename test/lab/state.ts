import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { servicesReady } from './lab.js';
import type { Machine } from './machine.js';

/** What a fresh host can be turned into; `reset` makes it fresh again. The programs in states/ say what each means. */
export const states = ['used', 'root-deployed'] as const;
export type StateName = (typeof states)[number];

/**
 * Does to a running host what this state comes from, and resolves when its services answer again. Throws with what the
 * program said where it fails: both need the host's checkout to be a plain one, on its branch.
 */
export async function putInState(machine: Machine, state: StateName): Promise<void> {
  const program = readFileSync(fileURLToPath(new URL(`states/${state}.sh`, import.meta.url)), 'utf8');
  // On standard input it would be eaten by what it runs, and as an argument it would be in the message of a failure.
  const shell = ['bash', '-c', 'program=$(cat) && exec bash -c "$program" </dev/null'];
  machine.exec(['runuser', '-u', 'deploy', '--', 'env', 'HOME=/home/deploy', ...shell], { input: program });
  // What runs is what lies there, as on a host where somebody changed it long ago.
  if (state === 'used') machine.exec(['systemctl', 'restart', 'pakashop-coupon.service']);
  await servicesReady(machine);
}

/** Returns the state of that name; throws where there is none. */
export function stateNamed(name: string | undefined): StateName {
  const found = states.find((state) => state === name);
  if (found === undefined) throw new Error(`${String(name)} is not a state: ${states.join(', ')}`);
  return found;
}
