// `npm run bench [PART OF A NAME]`: whole commands against their peers, each pair in one run. Needs a running lab.
import { join } from 'node:path';
import { client } from '../test/lab/client.js';
import { checkout } from '../test/lab/layout.js';
import { labEnvironment } from '../test/support/paka.js';
import { compare, type Comparison, type Contestant } from './measure.js';
import { roundTrips } from './round-trips.js';

const RUNS = 15;
const env = labEnvironment();
const host = 'pakashop-production';

const paka = (...args: string[]): Contestant => {
  return { name: `paka ${args.join(' ')}`, argv: [process.execPath, join(checkout, 'bin/run.js'), ...args], env };
};
const ssh = (name: string, command: string): Contestant => {
  return { name, argv: ['ssh', '-F', client.sshConfig, host, command], env };
};

/** The status script that the shop had: one systemctl and one curl a service, one after the other. */
const script = 'bash /opt/pakashop/scripts/pakashop-status.sh';
const onBothHosts = ['staging', 'production'].map((name) => `ssh -F '${client.sshConfig}' pakashop-${name} ${script}`);

const comparisons: Comparison[] = [
  { paka: paka('--version'), peer: { name: 'node -e 0', argv: [process.execPath, '-e', '0'], env }, target: 1.15 },
  { paka: paka('status'), peer: ssh(`ssh ${host} true`, 'true'), target: 1.8 },
  { paka: paka('status', 'production'), peer: ssh('pakashop-status.sh over one ssh', script), target: 0.7 },
  {
    paka: paka('status'),
    peer: { name: 'pakashop-status.sh over ssh, both hosts in turn', argv: ['sh', '-c', onBothHosts.join('; ')], env },
    target: 0.7,
  },
];

const wanted = process.argv[2] ?? '';
console.log(`${RUNS} pairs each, medians; wall time of the whole command\n`);
console.log('    paka ms    peer ms    ratio  (min–max)      target');
for (const comparison of comparisons.filter((one) => `${one.paka.name} ${one.peer.name}`.includes(wanted))) {
  const { pakaMs, peerMs, ratio, spread, target } = await compare(comparison, RUNS);
  const figures = [pakaMs.toFixed(0).padStart(11), peerMs.toFixed(0).padStart(10), ratio.toFixed(2).padStart(8)];
  const range = `(${spread.map((value) => value.toFixed(2)).join('–')})`.padEnd(14);
  const verdict = ratio <= target ? 'met' : 'MISSED';
  console.log(`${figures.join(' ')}  ${range} ${target.toFixed(2)} ${verdict}`);
  console.log(`    ${comparison.paka.name}  against  ${comparison.peer.name}\n`);
}

if ('round trips'.includes(wanted)) {
  console.log('Round trips to a host, connecting and logging in included:');
  for (const contestant of [paka('status', 'production'), ssh(`ssh ${host} true`, 'true')]) {
    console.log(`${(await roundTrips(contestant)).toFixed(1).padStart(11)}  ${contestant.name}`);
  }
}
