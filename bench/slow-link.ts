import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { client } from '../test/lab/client.js';
import { labMachine } from '../test/lab/lab.js';
import { proxiedConfig } from '../test/support/proxied.js';
import { TcpProxy } from '../test/support/tcp-proxy.js';
import { median, wallMs, type Contestant } from './measure.js';

const RUNS = 5;
const ROUND_TRIP_MS = 200;

/** A way to the production host on which a round trip takes as long as one wants. */
export class SlowLink {
  private constructor(
    private readonly proxy: TcpProxy,
    /** An ssh configuration that leads over it. */
    readonly sshConfig: string,
  ) {}

  static async open(): Promise<SlowLink> {
    const proxy = await TcpProxy.start(22, labMachine('production').network.address);
    return new SlowLink(proxy, proxiedConfig('production', proxy.port));
  }

  set roundTripMs(value: number) {
    this.proxy.latencyMs = value / 2;
  }

  async close(): Promise<void> {
    await this.proxy.stop();
    rmSync(dirname(this.sshConfig), { recursive: true });
  }
}

/**
 * Returns how many round trips a program makes to the production host: by how much longer it takes when each of them
 * takes 200 ms. It must reach the host by the lab's ssh configuration. `before` is called before each run.
 */
export async function roundTrips(contestant: Contestant, before: () => void = () => undefined): Promise<number> {
  const link = await SlowLink.open();
  try {
    const proxied: Contestant = {
      ...contestant,
      argv: contestant.argv.map((word) => (word === client.sshConfig ? link.sshConfig : word)) as [string, ...string[]],
      env: { ...contestant.env, PAKA_SSH_CONFIG: link.sshConfig },
    };
    const near = await medianMs(proxied, before);
    link.roundTripMs = ROUND_TRIP_MS;
    return ((await medianMs(proxied, before)) - near) / ROUND_TRIP_MS;
  } finally {
    await link.close();
  }
}

async function medianMs(contestant: Contestant, before: () => void): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    before();
    times.push(await wallMs(contestant));
  }
  return median(times);
}
