import { client } from '../test/lab/client.js';
import { labEnvironment } from '../test/support/paka.js';
import { paka, ssh } from './contestants.js';
import { compare, type Contestant } from './measure.js';
import { roundTrips } from './slow-link.js';
import { printHead, printMeasured, printRoundTrips } from './table.js';

const RUNS = 15;
const host = 'pakashop-production';
const sshTrue = ssh(`ssh ${host} true`, host, 'true');

/** The status script that the shop had: one systemctl and one curl a service, one after the other. */
const script = 'bash /opt/pakashop/scripts/pakashop-status.sh';
const onBothHosts = ['staging', 'production'].map((name) => `ssh -F '${client.sshConfig}' pakashop-${name} ${script}`);

const comparisons: readonly (readonly [paka: Contestant, peer: Contestant, target: number])[] = [
  [paka('status'), sshTrue, 1.8],
  [paka('status', 'production'), ssh('pakashop-status.sh over one ssh', host, script), 0.7],
  [
    paka('status'),
    {
      name: 'pakashop-status.sh over ssh, both hosts in turn',
      argv: ['sh', '-c', onBothHosts.join('; ')],
      env: labEnvironment(),
    },
    0.7,
  ],
];

/** `paka status` against a bare login, and against the script that it replaces. */
export async function benchStatus(): Promise<void> {
  printHead();
  for (const [one, peer, target] of comparisons) printMeasured(await compare(one, peer, target, RUNS));
  const rows: [string, number][] = [];
  for (const one of [paka('status', 'production'), sshTrue]) rows.push([one.name, await roundTrips(one)]);
  printRoundTrips('Round trips to a host, connecting and logging in included:', rows);
}
