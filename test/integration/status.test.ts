import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ServiceReport, StatusReport } from '../../src/lib/status/report.js';
import { client } from '../lab/client.js';
import { setFault, type FaultName } from '../lab/fault.js';
import { environments, labMachine } from '../lab/lab.js';
import { checkout } from '../lab/layout.js';
import { until } from '../lab/system.js';
import { paka, startPaka } from '../support/paka.js';

const production = labMachine('production');

async function statusOf(...args: string[]): Promise<{ code: number | null; report: StatusReport }> {
  const { code, stdout } = await paka(['status', ...args, '--json']);
  return { code, report: JSON.parse(stdout) as StatusReport };
}

function serviceOf(report: StatusReport, name: string, environment = 'production'): ServiceReport {
  const services = report.environments.find((one) => one.name === environment)?.hosts[0]?.services ?? [];
  const service = services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`the report has no ${name}`);
  return service;
}

/** Adds a drop-in to a unit of production. */
function override(service: string, ...settings: string[]): void {
  const directory = `/run/systemd/system/pakashop-${service}.service.d`;
  production.exec(['sh', '-c', 'mkdir -p "$1" && cat >"$1/test.conf"', 'override', directory], {
    input: ['[Service]', ...settings, ''].join('\n'),
  });
}

/** Runs git in the checkout of production, as its owner. */
function git(...args: string[]): void {
  production.exec(['runuser', '-u', 'deploy', '--', 'git', '-C', '/opt/pakashop', ...args]);
}

function systemctl(...args: string[]): void {
  production.exec(['systemctl', ...args]);
}

/** Makes every service of production as it was, and waits until all are well. */
async function mendAll(services: readonly string[]): Promise<void> {
  for (const service of services) setFault(production, service, undefined);
  production.exec(['sh', '-c', 'rm -rf /run/systemd/system/pakashop-*.service.d']);
  systemctl('daemon-reload');
  systemctl('reset-failed');
  for (const service of services) systemctl('restart', `pakashop-${service}.service`);
  await until('production is well', 20_000, async () =>
    (await paka(['status', 'production'])).code === 0 ? true : undefined,
  );
}

describe('paka status, of hosts where all is well', () => {
  it('shows all 19 services of both stacks as the inventory has them, and exits 0', async () => {
    const { code, report } = await statusOf();
    expect(code, JSON.stringify(report, undefined, 1)).to.equal(0);
    expect(report.ok).to.equal(true);
    expect(report.environments.map(({ name }) => name)).to.deep.equal([...environments]);
    const inventory = JSON.parse(readFileSync(join(checkout, 'services.json'), 'utf8')) as {
      services: { name: string; port: number; runtime: string }[];
    };
    for (const { name, branch, hosts, endpoints } of report.environments) {
      expect(hosts).to.have.length(1);
      const [host] = hosts;
      expect(host).to.include({ name: `pakashop-${name}`, reachable: true, branch });
      expect(host?.commit).to.match(/^[0-9a-f]{40}$/);
      expect(host?.dependencies?.map((one) => [one.name, one.ok])).to.deep.equal([
        ['nginx', true],
        ['redis', true],
        ['meilisearch', true],
        ['postgresql', true],
      ]);
      expect(endpoints.every(({ ok }) => ok)).to.equal(true);
      expect(host?.services.map(({ name, port, runtime }) => ({ name, port, runtime }))).to.deep.equal(
        inventory.services.map(({ name, port, runtime }) => ({ name, port, runtime })),
      );
      for (const service of host?.services ?? []) {
        expect(service).to.include({ state: 'up', listening: true, well: true, commit: host?.commit });
        expect(service.unit).to.equal(`pakashop-${service.name}.service`);
        expect(service.health).to.include({ ok: true, status: 200 });
        expect(service.pid).to.be.a('number');
        expect(service.memoryBytes).to.be.above(1_000_000);
        expect(Date.parse(service.since ?? '')).to.be.within(Date.now() - 86_400_000, Date.now() + 1000);
        expect(service.problems).to.deep.equal([]);
      }
    }
  });

  it('looks from outside at the public endpoint, and says how long its certificate is good', async () => {
    const { report } = await statusOf('production');
    const [endpoint] = report.environments[0]?.endpoints ?? [];
    expect(endpoint).to.include({ name: 'API', ok: true, status: 200 });
    expect(endpoint?.tlsDays).to.be.within(80, 90);
  });

  it('says so where the certificate is not trusted', async () => {
    const { code, stdout } = await paka(['status', 'production'], { env: { NODE_EXTRA_CA_CERTS: undefined } });
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /API: https:\/\/\S+ its certificate is signed by an authority that this machine does not trust/,
    );
  });

  it('shows a header, a row a service and one summary line to a person', async () => {
    const { code, stdout, stderr } = await paka(['status', 'production']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(
      /^production {2}branch production\npakashop-production {2}commit [0-9a-f]{7} · deployed .* ago · load /,
    );
    expect(stdout.match(/^ ● {2}\S+ +up +200 \d+ ms /gm)).to.have.length(19);
    expect(stdout).to.match(/\n● production {2}19 of 19 services well\n$/);
  });

  it('with --faults says little', async () => {
    const { code, stdout } = await paka(['status', '--faults']);
    expect(code).to.equal(0);
    expect(stdout).to.equal('● staging  19 of 19 services well\n● production  19 of 19 services well\n');
  });

  it('stops quietly where the reader has gone', async () => {
    const child = startPaka(['status']);
    child.stdout?.destroy();
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, complaint }).to.deep.equal({ code: 0, complaint: '' });
  });

  it('names the release that a service runs, from the directory of its process', async () => {
    const release = '20261123T064853Z-71039f7';
    const directory = `/opt/pakashop/.paka/releases/${release}`;
    const asDeploy = (script: string): string =>
      production.exec(['runuser', '-u', 'deploy', '--', 'bash', '-ec', script, 'release', directory]);
    asDeploy(
      'mkdir -p "$1/services" && cp -a /opt/pakashop/services/pricing "$1/services/" && cp -a /opt/pakashop/packages "$1/"',
    );
    override('pricing', `WorkingDirectory=${directory}/services/pricing`);
    systemctl('daemon-reload');
    systemctl('restart', 'pakashop-pricing.service');
    try {
      await until('pricing is up', 5000, async () => {
        return serviceOf((await statusOf('production')).report, 'pricing').well ? true : undefined;
      });
      const { report } = await statusOf('production');
      expect(serviceOf(report, 'pricing').release).to.equal(release);
      expect(serviceOf(report, 'backend').release).to.equal(null);
      expect((await paka(['status', 'production'])).stdout).to.match(
        new RegExp(`RELEASE\n(.*\n)*.*pricing .*${release}\n`),
      );
    } finally {
      await mendAll(['pricing']);
      asDeploy('rm -rf /opt/pakashop/.paka');
    }
  });

  it('on the host itself, as the deploy user, needs neither an environment nor SSH', () => {
    const output = production.exec(['runuser', '-u', 'deploy', '--', 'paka', 'status']);
    expect(output).to.match(/^production {2}branch production\npakashop-production /);
    expect(output).to.match(/\n● production {2}19 of 19 services well\n$/);
    expect(output).not.to.include('staging');
  });
});

describe('paka status, of services that are not well', function () {
  this.timeout(60_000);
  const broken = [
    ...['fraud', 'coupon', 'loyalty', 'whatsapp', 'reports', 'reconciliation', 'invoicing', 'pricing'],
    ...['search', 'moderation', 'scheduler', 'settlement'],
  ];
  let report: StatusReport;
  let code: number | null;

  before('break one service in each way', async () => {
    const faults: Record<string, FaultName> = {
      fraud: 'crash',
      coupon: 'unhealthy',
      loyalty: 'no-health',
      whatsapp: 'deaf',
      reports: 'crash-later',
      search: 'hang',
      moderation: 'killed',
    };
    for (const [service, fault] of Object.entries(faults)) setFault(production, service, fault);
    override('pricing', 'ExecStart=', 'ExecStart=/nonexistent/program', 'Restart=no');
    override('reconciliation', 'RestartSec=0');
    setFault(production, 'reconciliation', 'crash');
    override('moderation', 'Restart=no');
    systemctl('daemon-reload');
    systemctl('restart', 'pakashop-pricing.service', 'pakashop-reconciliation.service');
    systemctl('stop', 'pakashop-scheduler.service');
    const unit = '/etc/systemd/system/pakashop-settlement.service';
    production.exec(['sh', '-c', `systemctl stop pakashop-settlement && mv ${unit} /root/ && systemctl daemon-reload`]);
    // Long enough that the deaf one is no longer given time to start.
    await sleep(16_000);
    setFault(production, 'invoicing', 'slow');
    ({ code, report } = await statusOf('production'));
  });

  after('mend all', async () => {
    production.exec(['mv', '/root/pakashop-settlement.service', '/etc/systemd/system/']);
    await mendAll(broken);
  });

  it('exits 1 and says that not all is well', () => {
    expect(code).to.equal(1);
    expect(report.ok).to.equal(false);
  });

  const cases: [service: string, state: string, problem: RegExp][] = [
    ['settlement', 'missing', /never installed/],
    ['scheduler', 'down', /^stopped$/],
    ['invoicing', 'starting', /^started \d+ s ago, not ready yet$/],
    ['fraud', 'crash-looping', /^exit status 1; systemd starts it again every 5 s$/],
    ['reports', 'crash-looping', /^exit status 1; /],
    ['moderation', 'failed', /^killed by SIGKILL$/],
    ['pricing', 'failed', /^exit status 203 \(EXEC\): the program could not be executed/],
    ['reconciliation', 'failed', /^exit status 1; started 5 times in 10 s without staying up: systemd gave up$/],
    ['whatsapp', 'up', /^up, but nothing listens on port 3009$/],
    ['search', 'up', /^hangs: \/health gave no answer within 3 s$/],
    ['coupon', 'up', /^unhealthy: \/health answers 500$/],
    ['loyalty', 'up', /^health check \/health answers 404: set "health" of loyalty in services.json$/],
  ];
  for (const [name, state, problem] of cases)
    it(`calls ${name} ${state}: ${problem.source}`, () => {
      const service = serviceOf(report, name);
      expect(service.state).to.equal(state);
      expect(service.well).to.equal(false);
      expect(service.problems.join('\n')).to.match(problem);
    });

  it('puts the unwell first and leaves the others in their order', () => {
    const services = report.environments[0]?.hosts[0]?.services ?? [];
    expect(services.map(({ well }) => well)).to.deep.equal(services.map((_, index) => index >= broken.length));
  });

  it("shows the last lines that a crashing service wrote, not systemd's", () => {
    const { log } = serviceOf(report, 'fraud');
    expect(log.join('\n')).to.match(/Error: /);
    expect(log.join('\n')).not.to.include('Main process exited');
  });

  it("shows systemd's lines where the service could not write any", () => {
    expect(serviceOf(report, 'pricing').log.join('\n')).to.match(/nonexistent/);
  });

  it('says that the journal is closed to the user, and how to open it', async () => {
    production.exec(['gpasswd', '-d', 'deploy', 'systemd-journal']);
    try {
      const { stdout } = await paka(['status', 'production', '--faults']);
      expect(stdout).to.include('deploy may not read the whole journal');
      expect(stdout).to.include('sudo usermod -aG systemd-journal deploy');
    } finally {
      production.exec(['gpasswd', '-a', 'deploy', 'systemd-journal']);
    }
  });

  it('shows to a person, in plain words, what the JSON says, problems first', async () => {
    const { stdout } = await paka(['status', 'production', '--faults']);
    expect(stdout).to.match(/^ ✖ {2}coupon +up +500 \d+ ms .*\n {5}unhealthy: \/health answers 500$/m);
    expect(stdout).to.match(/\n✖ production {2}\d of 19 services well; .*scheduler.* down/);
  });
});

describe('paka status, where the obvious reading would be wrong', () => {
  it('does not call services missing where systemd does not answer', async () => {
    systemctl('stop', 'dbus.socket', 'dbus.service');
    try {
      const { code, stdout } = await paka(['status', 'production']);
      expect(code).to.equal(1);
      expect(stdout).to.match(/systemd did not answer: .*connect to bus/);
      expect(stdout).not.to.include('never installed');
    } finally {
      systemctl('start', 'dbus.socket', 'dbus.service');
    }
  });

  it('knows a unit by an alias', async () => {
    const inventory = JSON.parse(readFileSync(client.services, 'utf8')) as {
      dependencies: { name: string; unit?: string }[];
    };
    for (const dependency of inventory.dependencies) if (dependency.name === 'redis') dependency.unit = 'redis.service';
    const file = join(tmpdir(), `paka-alias-${process.pid}.json`);
    writeFileSync(file, JSON.stringify(inventory));
    try {
      const { code, stdout } = await paka(['status', 'production', '--services', file]);
      expect(code, stdout).to.equal(0);
    } finally {
      rmSync(file);
    }
  });

  it('tells how the last run of a crash loop ended, also while the next one runs', async () => {
    setFault(production, 'loyalty', 'killed');
    override('loyalty', 'RestartSec=100ms', '[Unit]', 'StartLimitIntervalSec=0');
    systemctl('daemon-reload');
    systemctl('restart', 'pakashop-loyalty.service');
    await sleep(4000);
    setFault(production, 'loyalty', undefined);
    try {
      await until('loyalty runs again', 5000, async () => {
        return serviceOf((await statusOf('production')).report, 'loyalty').health?.ok ? true : undefined;
      });
      const loyalty = serviceOf((await statusOf('production')).report, 'loyalty');
      expect(loyalty.state).to.equal('crash-looping');
      expect(loyalty.problems.join('; ')).to.match(/^killed by SIGKILL; started \d+ times, last \d+ s ago$/);
    } finally {
      await mendAll(['loyalty']);
    }
  });

  it('names a port that another process holds, and keeps the line that says why', async () => {
    systemctl('stop', 'pakashop-coupon.service');
    const squatter = "require('net').createServer().listen(3008, '127.0.0.1')";
    production.exec(['systemd-run', '--quiet', '--unit=squatter', '/usr/bin/node', '-e', squatter]);
    try {
      await sleep(500);
      systemctl('start', 'pakashop-coupon.service');
      await sleep(1500);
      const coupon = serviceOf((await statusOf('production')).report, 'coupon');
      expect(coupon.problems).to.include('port 3008 is held by another process');
      expect(coupon.log[0]).to.match(/^Error: listen EADDRINUSE/);
    } finally {
      systemctl('stop', 'squatter.service');
      await mendAll(['coupon']);
    }
  });

  const urls: [what: string, url: string, ok: boolean | null, problem?: RegExp][] = [
    ['a "#" in its password', 'postgresql://pakashop:canary#x@localhost:5432/pakashop', true],
    ['a "?" in its password', 'postgresql://pakashop:canary?x@localhost:5432/pakashop', true],
    ['an "@" in its query', 'postgresql://pakashop:canary@localhost:5432?application_name=a@b', true],
    ['no credentials', 'postgres://localhost/pakashop', true],
    ['a "/" in its password', 'postgresql://pakashop:canary/x@localhost:5432/pakashop', null, /percent-encoded/],
    ['the port of another server', 'postgresql://pakashop:canary@localhost:6379/pakashop', false, /no answer/],
    ['a port nobody listens on', 'postgresql://pakashop:canary@localhost:5499/pakashop', false, /nothing listens/],
  ];
  for (const [what, url, ok, problem] of urls)
    it(`looks at a database whose URL has ${what}, and shows none of it`, async () => {
      production.exec([
        'sh',
        '-c',
        'cp -p /opt/pakashop/.env.production /root/env && echo "DATABASE_URL=$1" >>/opt/pakashop/.env.production',
        'env',
        url,
      ]);
      try {
        const { stdout } = await paka(['status', 'production', '--json']);
        const database = (JSON.parse(stdout) as StatusReport).environments[0]?.hosts[0]?.dependencies?.find(
          ({ name }) => name === 'postgresql',
        );
        expect(database?.ok).to.equal(ok);
        if (problem) expect(database?.problem).to.match(problem);
        expect(stdout).not.to.include('canary');
      } finally {
        production.exec(['cp', '-p', '/root/env', '/opt/pakashop/.env.production']);
      }
    });

  it('names a detached HEAD', async () => {
    git('checkout', '--quiet', '--detach');
    try {
      const { code, stdout } = await paka(['status', 'production', '--faults']);
      expect(code).to.equal(1);
      expect(stdout).to.include('HEAD is detached');
    } finally {
      git('checkout', '--quiet', 'production');
    }
  });

  it('is not misled by start-up files of the shell', async () => {
    const noise =
      'echo noise; echo noise >&2; export POSIXLY_CORRECT=1; systemctl() { echo hijacked; }; export -f systemctl';
    production.exec([
      'sh',
      '-c',
      'cp -p /home/deploy/.bashrc /root/bashrc && { echo "$1"; cat /root/bashrc; } >/home/deploy/.bashrc',
      'rc',
      noise,
    ]);
    try {
      const { code, stdout } = await paka(['status', 'production', '--faults']);
      expect(code, stdout).to.equal(0);
    } finally {
      production.exec(['cp', '-p', '/root/bashrc', '/home/deploy/.bashrc']);
    }
  });
});

describe('paka status, of an environment that is not as it should be', () => {
  it('names a branch that is not the one of the environment', async () => {
    git('symbolic-ref', 'HEAD', 'refs/heads/hotfix');
    try {
      const { code, stdout } = await paka(['status', 'production', '--faults']);
      expect(code).to.equal(1);
      expect(stdout).to.include('branch hotfix is checked out, not production');
    } finally {
      git('symbolic-ref', 'HEAD', 'refs/heads/production');
    }
  });

  it('names a dependency that is down, and one whose server does not answer', async () => {
    production.exec(['sh', '-c', 'systemctl stop redis-server && systemctl kill -s STOP meilisearch']);
    try {
      const { code, report } = await statusOf('production');
      expect(code).to.equal(1);
      const dependencies = report.environments[0]?.hosts[0]?.dependencies ?? [];
      expect(dependencies.find(({ name }) => name === 'redis')).to.deep.include({ ok: false, problem: 'stopped' });
      expect(dependencies.find(({ name }) => name === 'meilisearch')).to.deep.include({
        ok: false,
        problem: 'no answer',
      });
    } finally {
      production.exec(['sh', '-c', 'systemctl start redis-server; systemctl kill -s CONT meilisearch']);
    }
  });

  it('does not know of dependencies, and says so, without the env file', async () => {
    production.exec(['mv', '/opt/pakashop/.env.production', '/root/env']);
    try {
      const { stdout } = await paka(['status', 'production', '--faults']);
      expect(stdout).to.include('.env.production is missing under /opt/pakashop');
      expect(stdout).to.match(/\? {2}redis: the env file cannot be read/);
    } finally {
      production.exec(['mv', '/root/env', '/opt/pakashop/.env.production']);
    }
  });

  it('shows no value of the env file, whatever is wrong', async () => {
    production.exec(['sh', '-c', 'systemctl stop redis-server postgresql@*']);
    try {
      for (const args of [
        ['status', 'production'],
        ['status', 'production', '--json'],
      ]) {
        const { stdout, stderr } = await paka(args);
        expect(stdout).not.to.include('canary');
        expect(stderr).to.equal('');
      }
    } finally {
      production.exec(['sh', '-c', 'systemctl start redis-server postgresql']);
    }
  });
});
