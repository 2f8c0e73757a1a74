import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client } from '../test/lab/client.js';
import { labMachine } from '../test/lab/lab.js';
import { TcpProxy } from '../test/support/tcp-proxy.js';
import { median, wallMs, type Contestant } from './measure.js';

const RUNS = 5;
const ROUND_TRIP_MS = 200;

/**
 * Returns how many round trips a program makes to the production host: by how much longer it takes when each of them
 * takes 200 ms. It must reach the host by the lab's ssh configuration.
 */
export async function roundTrips(contestant: Contestant): Promise<number> {
  const { address } = labMachine('production').network;
  const proxy = await TcpProxy.start(22, address);
  const directory = mkdtempSync(join(tmpdir(), 'paka-bench-'));
  try {
    const config = join(directory, 'ssh_config');
    const throughProxy = `Port ${proxy.port}\n  HostKeyAlias ${address}`;
    const text = readFileSync(client.sshConfig, 'utf8').replace(
      `HostName ${address}`,
      `HostName 127.0.0.1\n  ${throughProxy}`,
    );
    writeFileSync(config, text);
    const [program, ...args] = contestant.argv;
    const proxied: Contestant = {
      ...contestant,
      argv: [program, ...args.map((arg) => (arg === client.sshConfig ? config : arg))],
      env: { ...contestant.env, PAKA_SSH_CONFIG: config },
    };
    const near = await medianMs(proxied);
    proxy.latencyMs = ROUND_TRIP_MS / 2;
    return ((await medianMs(proxied)) - near) / ROUND_TRIP_MS;
  } finally {
    await proxy.stop();
    rmSync(directory, { recursive: true });
  }
}

async function medianMs(contestant: Contestant): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await wallMs(contestant));
  return median(times);
}
