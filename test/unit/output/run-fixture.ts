import type { HostRunReport, RunReport, ServiceRunReport } from '../../../src/lib/deploy/report.js';

const from = '1f2e3d4c5b6a798081726354453627180900abcd';
const to = '71039f7aa0c1d2e3f405162738495a6b7c8d9e0f';
const id = '20261123T120000Z-71039f7';
const before = '20261120T081500Z-1f2e3d4';
const host = 'pakashop-production';
const log = `/opt/pakashop/.paka/log/${id}.log`;

function service(name: string, changes: Partial<ServiceRunReport> = {}): ServiceRunReport {
  return {
    name,
    was: before,
    now: id,
    why: [`services/${name}`],
    outcome: 'deployed',
    built: true,
    restarted: true,
    healthy: true,
    seconds: 3.84,
    ...changes,
  };
}

const untouched = { built: false, restarted: false, healthy: false, seconds: null };

const others = ['gateway', 'config', 'search', 'pricing', 'coupon', 'loyalty', 'tracking', 'reports', 'analytics'];

function hostReport(changes: Partial<HostRunReport> = {}): HostRunReport {
  return {
    name: host,
    result: 'ok',
    adopted: false,
    services: [service('backend'), service('recommendations', { seconds: 72.3 })],
    unchanged: others,
    log,
    warnings: [],
    notes: [],
    leaves: before,
    failure: null,
    ...changes,
  };
}

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    ok: true,
    environment: 'production',
    kind: 'deploy',
    id,
    from,
    to,
    subject: 'Round refunds half up',
    who: 'Chanda Mwila',
    run: null,
    dryRun: false,
    nothingToDo: false,
    result: 'ok',
    reason: null,
    hosts: [hostReport()],
    seconds: 78.4,
    ...changes,
  };
}

const failedBackend = service('backend', { now: before, outcome: 'undone', seconds: 8.1 });
const failedFraud = service('fraud', { now: before, outcome: 'failed, undone', seconds: 1.5 });
const notReached = service('gateway', { now: before, outcome: 'not reached', ...untouched, built: true });

const reason = 'fraud: it ended right after its start; exit status 1';
const failure = {
  phase: 'switch',
  service: 'fraud',
  reason,
  log: [
    '{"level":60,"time":1763899200000,"msg":"cannot load the rules"}',
    "Error: ENOENT: no such file or directory, open '/opt/pakashop/services/fraud/rules.json'",
    '\u001b[2J\u001b[1;31m    at Object.openSync\u001b[0m (node:fs:603:3)\u0007',
  ],
  left: null,
};
const left = 'backend: /health gave no answer within 60 s, though port 3080 listens';

const failed = { ok: false, reason } as const;
const failedServices = [failedBackend, failedFraud, notReached];

const planned = { outcome: 'planned', ...untouched } as const;
const plannedHost = hostReport({
  result: 'planned',
  log: null,
  services: [
    service('backend', { ...planned, why: ['services/backend', 'packages/common'] }),
    service('fraud', { ...planned, was: id, now: before, why: ['its process runs another release'] }),
    service('moderation', { ...planned, was: null, why: ['it runs no release yet'] }),
  ],
  links: [
    { path: 'README.md', target: `.paka/releases/${id}/README.md` },
    { path: 'frontend', target: `.paka/releases/${id}/frontend` },
    { path: 'scripts', target: undefined },
  ],
});
const plan = report({ result: 'planned', hosts: [plannedHost], seconds: 0.9 });

const commands = [
  `git worktree add --detach /opt/pakashop/.paka/releases/${id} ${to}`,
  `cd /opt/pakashop/.paka/releases/${id}/services/backend && npm ci --omit=dev --no-audit --no-fund`,
  `ln -sfn .paka/releases/${id}/services/backend /opt/pakashop/services/backend`,
  'sudo -n /bin/systemctl restart pakashop-backend.service',
];

const lost = 'pakashop-2: the connection was lost';

/** What is shown before a run. */
export const plans: Readonly<Record<string, RunReport>> = {
  deploy: plan,
  'dry-run': { ...plan, dryRun: true, hosts: [{ ...plannedHost, commands }] },
  rollback: {
    ...plan,
    kind: 'rollback',
    from: to,
    to: from,
    subject: 'Show the stock of each shop',
    hosts: [
      { ...plannedHost, links: [], services: [service('backend', { ...planned, was: id, now: before, why: [] })] },
    ],
  },
  hosts: {
    ...plan,
    hosts: [
      { ...plannedHost, name: 'pakashop-1', adopted: true },
      {
        ...plannedHost,
        name: 'pakashop-2',
        services: [],
        links: [],
        notes: [`commit ${to.slice(0, 7)} was rolled back before, 2026-11-22T10:00:00Z by Chanda Mwila`],
      },
    ],
  },
  'long-reasons': {
    ...plan,
    hostsInAll: 3,
    hosts: [
      hostReport({
        result: 'planned',
        services: [
          service('recommendations', {
            ...planned,
            why: [
              'services/recommendations',
              'packages/common',
              'packages/vectors',
              'Python 3.11.2 is now Python 3.12.4',
            ],
          }),
        ],
        links: [...others, 'frontend'].map((path) => ({ path, target: 'x' })),
      }),
    ],
  },
};

/** What is shown after one. */
export const reports: Readonly<Record<string, RunReport>> = {
  success: report(),
  rollback: report({
    kind: 'rollback',
    from: to,
    to: from,
    subject: 'Show the stock of each shop',
    hosts: [
      hostReport({
        services: [service('backend', { was: id, now: before, outcome: 'rolled back', built: false })],
        leaves: id,
      }),
    ],
    seconds: 4.31,
  }),
  'no-service': report({ hosts: [hostReport({ services: [] })], seconds: 0.9 }),
  'nothing-to-do': report({
    result: 'nothing to do',
    nothingToDo: true,
    hosts: [hostReport({ result: 'nothing to do', services: [], log: null })],
    seconds: 0.8,
  }),
  undone: report({
    ...failed,
    result: 'rolled-back',
    hosts: [hostReport({ result: 'rolled-back', services: failedServices, failure })],
  }),
  'undo-failed': report({
    ...failed,
    result: 'undo-failed',
    hosts: [
      hostReport({
        result: 'undo-failed',
        services: [{ ...failedBackend, outcome: 'undo failed', healthy: false }, failedFraud, notReached],
        failure: { ...failure, left },
      }),
    ],
  }),
  'build-failed': report({
    ok: false,
    result: 'failed',
    reason: 'the build of backend failed with exit code 1',
    hosts: [
      hostReport({
        result: 'failed',
        services: [service('backend', { now: before, outcome: 'not reached', ...untouched })],
        failure: {
          phase: 'build',
          service: 'backend',
          reason: 'the build of backend failed with exit code 1',
          log: ['npm error code ETARGET', 'npm error notarget No matching version found for pino@99.0.0.'],
          left: null,
        },
      }),
    ],
  }),
  'hook-failed-after': report({
    ok: false,
    reason: 'the hook afterDeploy failed with exit code 2: npm run announce',
    hosts: [
      hostReport({
        warnings: ['an old release was kept: 20261101T070000Z-aaaaaaa is in use'],
        failure: {
          phase: 'after',
          service: 'backend',
          reason: 'the hook afterDeploy failed with exit code 2: npm run announce',
          log: ['announce: 503'],
          left: null,
        },
      }),
    ],
  }),
  hosts: report({ hosts: [hostReport({ name: 'pakashop-1' }), hostReport({ name: 'pakashop-2' })] }),
  interrupted: report({
    ok: false,
    result: 'interrupted',
    reason: lost,
    hosts: [
      hostReport({ name: 'pakashop-1', result: 'rolled-back', services: [failedBackend] }),
      hostReport({
        name: 'pakashop-2',
        result: 'interrupted',
        log: null,
        services: [{ ...failedBackend, outcome: 'not known', healthy: false }],
        failure: { phase: 'connection', service: null, reason: lost, log: [], left: null },
      }),
    ],
  }),
};

export const stateBefore = before;
