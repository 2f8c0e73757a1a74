import { deployOrRollback } from '../src/lib/deploy/deploy.js';
import type { RunEvent } from '../src/lib/deploy/events.js';
import { resolveScope } from '../src/lib/inventory/scope.js';
import { client } from '../test/lab/client.js';
import { checkout } from '../test/lab/layout.js';
import { labEnvironment } from '../test/support/paka.js';
import { paka } from './contestants.js';
import { median } from './measure.js';
import { roundTrips, SlowLink } from './slow-link.js';

const RUNS = 5;
/** Long, as a part of a run takes longer at one time than at another: the host looks at a service every 100 ms. */
const ROUND_TRIP_MS = 400;

type Trips = [name: string, trips: number][];

/** Returns the round trips of whole deploys. `touch` makes a commit that changes one service. */
export async function tripsOfDeploy(touch: () => void): Promise<Trips> {
  const one = paka('deploy', 'production');
  return [
    [`${one.name}, nothing to do`, await roundTrips(one)],
    [`${one.name}, one service changed`, await roundTrips(one, touch)],
  ];
}

/** Returns the round trips of each part of a deploy, in order: by how much longer it takes over a slow link. */
export async function tripsPerPhase(touch: () => void): Promise<Trips> {
  const link = await SlowLink.open();
  try {
    const near = await partsOfDeploys(link, touch);
    link.roundTripMs = ROUND_TRIP_MS;
    const far = await partsOfDeploys(link, touch);
    return [...far].map(([part, ms]) => [part, (ms - (near.get(part) ?? 0)) / ROUND_TRIP_MS]);
  } finally {
    await link.close();
  }
}

async function partsOfDeploys(link: SlowLink, touch: () => void): Promise<Map<string, number>> {
  const runs: Map<string, number>[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    touch();
    runs.push(await partsOfDeploy(link.sshConfig));
  }
  const parts = [...(runs[0]?.keys() ?? [])];
  return new Map(parts.map((part) => [part, median(runs.map((times) => times.get(part) ?? 0))]));
}

/** Deploys by the library, whose events are the only place where one part ends and another begins. */
async function partsOfDeploy(sshConfig: string): Promise<Map<string, number>> {
  const env = labEnvironment({ PAKA_SSH_CONFIG: sshConfig });
  const scope = resolveScope({
    services: client.services,
    environment: 'production',
    local: false,
    env,
    cwd: checkout,
    shipped: client.services,
  });
  const parts = new Map<string, number>();
  let last = performance.now();
  let looks = 0;
  const mark = (part: string): void => {
    const now = performance.now();
    parts.set(part, (parts.get(part) ?? 0) + now - last);
    last = now;
  };
  const emit = (event: RunEvent): void => {
    if (event.type !== 'phase') return;
    const { phase, state } = event;
    if (state === 'began') {
      if (phase === 'lock') mark('rights to restart');
      return;
    }
    if (phase === 'look') looks += 1;
    mark(phase !== 'look' ? phase : looks === 1 ? 'connecting, logging in, first look' : 'look under the lock');
  };
  const report = await deployOrRollback(scope, {
    goal: { kind: 'deploy', ref: undefined, allowOlder: false },
    parallel: 4,
    waitSeconds: 0,
    dryRun: false,
    emit,
    signal: new AbortController().signal,
  });
  if (report.result !== 'ok') throw new Error(`the deploy ended with ${report.result}: the figures would mean nothing`);
  mark('letting go');
  return parts;
}
