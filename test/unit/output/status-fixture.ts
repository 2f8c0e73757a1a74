import type { HostReport, ServiceReport, StatusReport } from '../../../src/lib/status/report.js';

export const now = new Date('2026-11-23T12:00:00Z');
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

const commit = '71039f7aa0c1d2e3f405162738495a6b7c8d9e0f';

export function service(name: string, port: number, changes: Partial<ServiceReport> = {}): ServiceReport {
  return {
    name,
    title: name,
    unit: `pakashop-${name}.service`,
    port,
    runtime: 'node',
    state: 'up',
    health: { ok: true, status: 200, ms: 4 },
    listening: true,
    pid: 247,
    since: ago(276_000),
    restarts: 0,
    memoryBytes: 45_000_000,
    release: null,
    commit,
    well: true,
    problems: [],
    notices: [],
    log: [],
    ...changes,
  };
}

const unwell = { well: false, health: null, listening: false, pid: null, memoryBytes: null };

/** One of each kind of trouble, in the order that status gives them: unwell first. */
const troubled = [
  service('fraud', 3006, {
    ...unwell,
    state: 'crash-looping',
    since: ago(3),
    restarts: 12,
    problems: ['exit status 1; systemd starts it again every 5 s'],
    log: [
      '{"level":60,"time":1763899200000,"msg":"cannot load the rules"}',
      "Error: ENOENT: no such file or directory, open '/opt/pakashop/services/fraud/rules.json'",
      '    at Object.openSync (node:fs:603:3)',
    ],
  }),
  service('search', 3005, {
    ...unwell,
    runtime: 'go',
    state: 'failed',
    since: ago(7200),
    problems: ['exit status 203 (EXEC): the program could not be executed: is it there, and executable?'],
    log: ['\u001b[2J\u001b[1;31mFailed\u001b[0m to locate executable\u0007'],
  }),
  service('coupon', 3008, {
    ...unwell,
    state: 'missing',
    since: null,
    commit: null,
    problems: ['no such unit on the host: never installed'],
  }),
  service('loyalty', 3010, { ...unwell, state: 'down', since: ago(60), problems: ['stopped'] }),
  service('reports', 3011, {
    ...unwell,
    state: 'starting',
    since: ago(4),
    pid: 9,
    problems: ['started 4 s ago, not ready yet'],
  }),
  service('whatsapp', 3009, {
    well: false,
    listening: false,
    health: null,
    problems: ['up, but nothing listens on port 3009'],
  }),
  service('pricing', 3014, {
    well: false,
    health: { ok: false, status: 500, ms: 12 },
    problems: ['unhealthy: /health answers 500'],
  }),
  service('invoicing', 3013, {
    well: false,
    health: { ok: false, status: null, ms: null },
    problems: ['hangs: /health gave no answer within 3 s'],
  }),
  service('scheduler', 3004, {
    restarts: 1,
    since: ago(95),
    notices: ['crashed and was restarted (1 in all since it was last started by hand)'],
  }),
  service('recommendations', 3100, { runtime: 'python', memoryBytes: 1_250_000_000 }),
  service('backend', 3080),
];

const system = {
  uptimeSeconds: 1_054_800,
  load: 0.34,
  cpus: 2,
  memoryBytes: 4_000_000_000,
  memoryUsedBytes: 1_300_000_000,
  diskBytes: 80_000_000_000,
  diskUsedBytes: 24_800_000_000,
};

const host: HostReport = {
  name: 'pakashop-production',
  reachable: true,
  commit,
  branch: 'production',
  lastDeploy: { at: ago(12_000), who: 'jane', result: 'ok' },
  system,
  services: troubled,
  dependencies: [
    { name: 'nginx', ok: true },
    { name: 'redis', ok: true, ms: 1 },
    { name: 'meilisearch', ok: false, problem: 'no answer' },
    { name: 'postgresql', ok: null, problem: 'the env file has no $DATABASE_URL' },
  ],
  problems: ['branch main is checked out, not production'],
};

const wellHost: HostReport = {
  ...host,
  name: 'pakashop-staging',
  branch: 'main',
  services: [service('backend', 3080), service('gateway', 8000)],
  dependencies: [{ name: 'redis', ok: true, ms: 1 }],
  problems: [],
};

export const troubledReport: StatusReport = {
  ok: false,
  environments: [
    { name: 'staging', branch: 'main', hosts: [wellHost], endpoints: [] },
    {
      name: 'production',
      branch: 'production',
      hosts: [
        host,
        {
          name: 'pakashop-second',
          reachable: false,
          error: 'pakashop-second: port 22 refuses connections',
          hint: 'No SSH server listens there: check the port (22), and that sshd runs on the host.',
          services: [],
        },
      ],
      endpoints: [
        {
          name: 'API',
          url: 'https://pakashop.store/health',
          ok: false,
          status: 502,
          ms: 80,
          tlsDays: 61,
          problem: 'answers 502',
        },
        { name: 'shop', url: 'https://pakashop.store/', ok: true, status: 200, ms: 214, tlsDays: 61 },
      ],
    },
  ],
};

export const wellReport: StatusReport = {
  ok: true,
  environments: [{ name: 'staging', branch: 'main', hosts: [wellHost], endpoints: [] }],
};
