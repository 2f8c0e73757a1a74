import { client } from '../test/lab/client.js';
import { labMachine } from '../test/lab/lab.js';
import { readInventory } from '../test/lab/services.js';
import { labEnvironment } from '../test/support/paka.js';
import { resetHost } from '../test/support/lab-host.js';
import { commitToShop, headOfShop, resetShop } from '../test/support/shop.js';
import { together, touchService } from '../test/support/shop-changes.js';
import { paka, ssh } from './contestants.js';
import { tripsOfDeploy, tripsPerPhase } from './deploy-trips.js';
import { measured, wallMs, type Contestant, type Measured } from './measure.js';
import { printHead, printMeasured, printRoundTrips } from './table.js';

const ROUNDS = 5;
const all = readInventory().services.map(({ name }) => name);

const deploy = paka('deploy', 'production');
const capistrano: Contestant = {
  name: "Capistrano's full deploy",
  argv: ['cap', 'staging', 'deploy'],
  env: { ...labEnvironment(), LAB_SSH_CONFIG: client.sshConfig },
  cwd: new URL('capistrano', import.meta.url).pathname,
};
const script = ssh('deploy.sh over ssh', 'pakashop-staging', 'sudo /opt/pakashop/scripts/deploy.sh');

/** Milliseconds of one round, in which each did its work once. */
interface Round {
  readonly capistrano: number;
  readonly script: number;
  readonly nothing: number;
  readonly one: number;
  readonly all: number;
}

/**
 * `paka deploy` on the production host against Capistrano and the shop's old script on the staging host, which is made of
 * the same image. These two build and restart everything each time, whatever changed. Leaves hosts and origin as new.
 */
export async function benchDeploy(): Promise<void> {
  const branches = ['main', 'production'] as const;
  const heads = branches.map((branch) => [branch, headOfShop(branch)] as const);
  const hosts = ['staging', 'production'] as const;
  try {
    for (const host of hosts) resetHost(host);
    // Capistrano's user may not make a directory there.
    labMachine('staging').exec(['install', '-d', '-o', 'deploy', '-g', 'deploy', '/opt/pakashop-cap']);
    // The first time of each is more work: paka makes the checkout into a release, Capistrano clones, caches are cold.
    await round();
    const rounds: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round());
    printHead();
    for (const result of comparisonsOf(rounds)) printMeasured(result);
    const touch = (): void => {
      commitToShop('production', touchService('fraud'), 'One service');
    };
    printRoundTrips('Round trips to the host, connecting and logging in included:', await tripsOfDeploy(touch));
    printRoundTrips('Round trips of a deploy of one service, by its parts:', await tripsPerPhase(touch));
  } finally {
    for (const [branch, commit] of heads) resetShop(branch, commit);
    for (const host of hosts) resetHost(host);
  }
}

async function round(): Promise<Round> {
  commitToShop('main', together(...all.map(touchService)), 'All services');
  const times = { capistrano: await wallMs(capistrano), script: await wallMs(script) };
  commitToShop('production', together(...all.map(touchService)), 'All services');
  const everything = await wallMs(deploy);
  commitToShop('production', touchService('fraud'), 'One service');
  const one = await wallMs(deploy);
  return { ...times, all: everything, one, nothing: await wallMs(deploy) };
}

function comparisonsOf(rounds: readonly Round[]): Measured[] {
  const cases = [
    ['nothing', 'nothing to do', 0.1],
    ['one', 'one service changed', 0.5],
    ['all', `all ${all.length} changed`, 0.7],
  ] as const;
  return cases.flatMap(([part, words, target]) => {
    const name = `${deploy.name}, ${words},`;
    const pairsWith = (peer: 'capistrano' | 'script'): { paka: number; peer: number }[] =>
      rounds.map((one) => ({ paka: one[part], peer: one[peer] }));
    return [
      measured({ paka: name, peer: capistrano.name, target }, pairsWith('capistrano')),
      measured({ paka: name, peer: script.name }, pairsWith('script')),
    ];
  });
}
