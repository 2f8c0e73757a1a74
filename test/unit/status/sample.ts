import type { StatusTarget } from '../../../src/lib/status/target.js';

/** A shop of two services: one with a health check, one without. */
export const target: StatusTarget = {
  environment: 'production',
  root: '/opt/shop',
  branch: 'production',
  envFile: '.env.production',
  services: [
    {
      ...{ name: 'api', title: 'API', unit: 'shop-api.service', port: 3000, runtime: 'node' },
      ...{ path: 'services/api', health: '/health' },
    },
    {
      ...{ name: 'worker', title: 'Worker', unit: 'shop-worker.service', port: 3001, runtime: 'node' },
      ...{ path: 'services/worker', health: undefined },
    },
  ],
  dependencies: [{ name: 'redis', unit: 'redis-server.service', url: '$REDIS_URL' }],
};

export function unit(id: string, pid: number, changes: Readonly<Record<string, string>> = {}): string {
  const properties = {
    ...{ Id: id, LoadState: 'loaded', ActiveState: 'active', SubState: 'running', Result: 'success' },
    ...{ MainPID: String(pid), NRestarts: '0', MemoryCurrent: '[not set]', UnitFileState: 'enabled' },
    ...{ ActiveEnterTimestamp: 'Mon 2026-11-23 11:00:00.000000 UTC', NeedDaemonReload: 'no' },
    ...changes,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

const sections = {
  host: 'now 1795435200.500000\nuptime 5000.1\nload 0.34\ncpus 2\nMemTotal 4000000\nMemAvailable 3000000\ndisk 4096 1000 600\nenvfile readable\n',
  git: `head ref: refs/heads/production\ncommit ${'c'.repeat(40)}\n`,
  listening: '   0: 0100007F:0BB8 00000000:0000 0A\n   1: 00000000000000000000000000000000:0BB9 0:0000 0A\n',
  units: [unit('shop-api.service', 247), unit('shop-worker.service', 248), unit('redis-server.service', 99)].join(
    '\n\n',
  ),
  processes: '/proc/247/cwd\x1f/opt/shop/services/api\n/proc/247/rss\x1f45000\n',
  http: 'service shop-api.service 200 0.000100 0.004000\n',
  servers: 'redis\x1fok\x1f2\n',
  journal: '',
};

/** What the host program prints where all is well, with some sections replaced. */
export function factsOutput(changes: Partial<typeof sections> = {}): string {
  const all = Object.entries({ ...sections, ...changes });
  return `${all.map(([name, text]) => `\x1e${name}\n${text}`).join('')}\x1eend\n`;
}
