import { expect } from 'chai';
import { onAdoptedHost } from '../support/adopted-host.js';
import { labMachine, type EnvironmentName } from '../lab/lab.js';
import {
  entryOf,
  expectAllHealthy,
  isLocked,
  ledgerOf,
  ROOT,
  runPaka,
  stateOf,
  withInventory,
} from '../support/deploying.js';
import { resetHost, runAsDeploy } from '../support/lab-host.js';
import { paka } from '../support/paka.js';
import { together, touchService, withFault } from '../support/shop-changes.js';
import { commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';

const [staging, production] = (['staging', 'production'] as const).map((name) => labMachine(name)) as [
  ReturnType<typeof labMachine>,
  ReturnType<typeof labMachine>,
];
const both: readonly EnvironmentName[] = ['production', 'staging'];
/** Production with the host of staging as its second one. */
const hosts = { PAKA_PRODUCTION_HOSTS: 'pakashop-production,pakashop-staging', PAKA_STAGING_HOSTS: 'nowhere' };

describe('paka deploy to an environment of two hosts', () => {
  let original: string;

  before(async function () {
    this.timeout(90_000);
    mendOrigin();
    original = headOfShop('production');
    for (const name of both) resetHost(name);
    // The host of staging becomes one of production: same branch, same env file.
    const env = production.exec(['cat', `${ROOT}/.env.production`]);
    staging.exec(
      [
        'sh',
        '-c',
        `cat >${ROOT}/.env.production && chown deploy: ${ROOT}/.env.production && chmod 600 ${ROOT}/.env.production`,
      ],
      { input: env },
    );
    runAsDeploy(staging, 'git', '-C', ROOT, 'checkout', '--quiet', '-B', 'production', 'origin/production');
    const { code, report } = await runPaka(['deploy', 'production'], { env: hosts });
    expect(code).to.equal(0);
    expect(report.hosts).to.have.length(2);
  });

  after(() => {
    resetShop('production', original);
    for (const name of both) resetHost(name);
  });

  it('builds on both at once and switches one after the other, with one id', async () => {
    const commit = commitToShop('production', touchService('fraud'), 'Fraud');
    const { stdout, code } = await paka(['deploy', 'production'], { env: hosts });
    expect(code, stdout).to.equal(0);
    expect(stdout.indexOf('pakashop-production  switch')).to.be.above(stdout.lastIndexOf('pakashop-staging     build'));
    expect(stdout.indexOf('pakashop-staging     switch    fraud')).to.be.above(
      stdout.lastIndexOf('pakashop-production  switch    fraud'),
    );
    const [one, other] = both.map((name) => stateOf(name));
    expect(one?.versions['fraud']).to.equal(commit);
    expect(one?.links).to.deep.equal(other?.links);
    expect(ledgerOf('production').at(-1)?.id).to.equal(ledgerOf('staging').at(-1)?.id);
  });

  it('takes the first host back where the second fails', async () => {
    const before = both.map((name) => stateOf(name));
    // Only the second host lacks what the new release needs.
    staging.exec(['sh', '-c', 'mkdir -p /run/lab/fault; echo "{\\"noListen\\": true}" >/run/lab/fault/fraud']);
    const env = {
      ...hosts,
      ...withInventory((inventory) => {
        entryOf(inventory, 'fraud')['startSeconds'] = 3;
      }),
    };
    try {
      commitToShop('production', touchService('fraud'), 'Fraud again');
      const { code, report } = await runPaka(['deploy', 'production'], { env });
      // The fault is the host's, so its old release does not get well there either; the first host is as it was.
      expect(code).to.equal(6);
      expect(report.hosts.map(({ result }) => result)).to.deep.equal(['rolled-back', 'undo-failed']);
      const [first] = both.map((name) => stateOf(name));
      expect(first?.links).to.deep.equal(before[0]?.links);
      expect(first?.versions).to.deep.equal(before[0]?.versions);
      expect(both.map((name) => isLocked(name))).to.deep.equal([false, false]);
    } finally {
      staging.exec(['sh', '-c', 'echo "{}" >/run/lab/fault/fraud; systemctl restart pakashop-fraud']);
    }
    for (const name of both) await expectAllHealthy(name);
    const { code } = await runPaka(['deploy', 'production'], { env });
    expect(code).to.equal(0);
  });

  it('undoes both where a commit is bad, the second one not being reached', async () => {
    const before = both.map((name) => stateOf(name));
    commitToShop('production', together(touchService('config'), withFault('fraud', 'crash')), 'Bad');
    const { code, report } = await runPaka(['deploy', 'production'], { env: hosts });
    expect(code).to.equal(5);
    expect(report.hosts.map(({ result }) => result)).to.deep.equal(['rolled-back', 'failed']);
    both.forEach((name, index) => {
      expect(stateOf(name).links).to.deep.equal(before[index]?.links);
    });
    expect(stateOf('staging').invocations).to.deep.equal(before[1]?.invocations);
    for (const name of both) await expectAllHealthy(name);
    commitToShop('production', withFault('fraud', undefined), 'Well again');
    expect((await runPaka(['deploy', 'production'], { env: hosts })).code).to.equal(0);
  });

  it('takes no lock and changes nothing where one of them cannot be reached', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon');
    const before = stateOf('production');
    const env = { ...hosts, PAKA_PRODUCTION_HOSTS: 'pakashop-production,deploy@192.0.2.1.invalid' };
    const { code, stdout } = await paka(['deploy', 'production', '--json'], { env });
    expect(code).to.equal(3);
    expect(stdout).to.match(/192\.0\.2\.1\.invalid/);
    expect(stateOf('production')).to.deep.equal(before);
  });

  it('says on one of the hosts that it is one of two', () => {
    const output = runAsDeploy(
      production,
      'sh',
      '-c',
      'cd / && PAKA_PRODUCTION_HOSTS=pakashop-production,pakashop-other PAKA_STAGING_HOSTS=nowhere paka deploy production',
    );
    expect(output).to.match(/1 of 2 hosts/);
  });
});

describe('hooks of a deploy', () => {
  const hooked = (beforeSwitch: string | undefined, afterDeploy?: string): { PAKA_SERVICES: string } =>
    withInventory((inventory) => {
      inventory.deploy = {
        hooks: {
          ...(beforeSwitch !== undefined && { beforeSwitch: { service: 'backend', run: beforeSwitch } }),
          ...(afterDeploy !== undefined && { afterDeploy: { service: 'backend', run: afterDeploy } }),
        },
      };
    });

  onAdoptedHost();

  it('run in the new release of their service, built for it, with the variables of the env file', async () => {
    const commit = commitToShop('production', touchService('fraud'), 'Fraud');
    const before = stateOf('production');
    const say = (file: string): string =>
      `{ pwd; git rev-parse HEAD; readlink ${ROOT}/services/fraud; echo "\${DATABASE_URL:+has a database}"; } >/tmp/${file}`;
    const { code, report, host } = await runPaka(['deploy', 'production'], {
      env: hooked(say('before'), say('after')),
    });
    expect(code).to.equal(0);
    expect(host.services.map(({ name }) => name)).to.deep.equal(['fraud']);
    const lines = (file: string): string[] =>
      production
        .exec(['cat', `/tmp/${file}`])
        .trim()
        .split('\n');
    expect(lines('before')).to.deep.equal([
      `${ROOT}/.paka/releases/${report.id}/services/backend`,
      commit,
      before.links['fraud'],
      'has a database',
    ]);
    expect(lines('after')[2]).to.equal(`../.paka/releases/${report.id}/services/fraud`);
  });

  it('stop the deploy with nothing switched where beforeSwitch fails, and show what it wrote, without secrets', async () => {
    commitToShop('production', touchService('fraud'), 'Fraud again');
    const before = stateOf('production');
    const { code, report, host, stdout } = await runPaka(['deploy', 'production'], {
      env: hooked('echo "cannot reach $DATABASE_URL" >&2; exit 3'),
    });
    expect(code).to.equal(1);
    expect(report.reason).to.match(/^the hook beforeSwitch failed with exit code 3/);
    expect(host.failure?.log.join('\n')).to.match(/cannot reach \[(?:DIRECT_)?DATABASE_URL\]/);
    expect(stateOf('production')).to.deep.equal(before);
    const secrets = /canary-/;
    expect(stdout).not.to.match(secrets);
    expect(production.exec(['sh', '-c', `cat ${ROOT}/.paka/log/*.log ${ROOT}/.paka/deploys.jsonl`])).not.to.match(
      secrets,
    );
  });

  it('leave the deploy as it is where afterDeploy fails, and exit 1', async () => {
    const { code, report, host } = await runPaka(['deploy', 'production'], { env: hooked(undefined, 'exit 4') });
    expect(code).to.equal(1);
    expect(report.result).to.equal('ok');
    expect(host.failure?.reason).to.match(/^the hook afterDeploy failed with exit code 4/);
    expect(stateOf('production').head).to.equal(headOfShop('production'));
    expect(ledgerOf('production').at(-1)).to.include({ result: 'ok' });
  });

  it('are not run where nothing is switched', async () => {
    production.exec(['rm', '-f', '/tmp/before']);
    const { report } = await runPaka(['deploy', 'production'], { env: hooked('touch /tmp/before') });
    expect(report.result).to.equal('nothing to do');
    expect(() => production.exec(['test', '-e', '/tmp/before'])).to.throw();
  });
});
