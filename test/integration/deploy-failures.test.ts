import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { onAdoptedHost } from '../support/adopted-host.js';
import type { FaultName } from '../lab/fault.js';
import { labMachine } from '../lab/lab.js';
import {
  deployWell,
  entryOf,
  expectAllHealthy,
  isLocked,
  ledgerOf,
  ROOT,
  runPaka,
  stateOf,
  withInventory,
} from '../support/deploying.js';
import type { HostState, RunResult } from '../support/deploying.js';
import { brokenBuild, together, touchService, withFault } from '../support/shop-changes.js';
import { commitToShop, headOfShop, resetShop } from '../support/shop.js';

const production = labMachine('production');

describe('paka deploy, when something fails', () => {
  let good: string;
  let was: HostState;
  /** A service that never gets well is waited for 3 s instead of 30. */
  let env: { PAKA_SERVICES: string };

  onAdoptedHost(async () => {
    commitToShop('production', touchService('settlement'), 'Settlement');
    good = (await deployWell('production')).report.to;
    env = withInventory((inventory) => {
      for (const service of inventory.services) service['startSeconds'] = 3;
    });
  });

  beforeEach(() => {
    was = stateOf('production');
  });

  afterEach(() => {
    resetShop('production', good);
  });

  /** The live services are as they were: same commits, same links, all healthy, the branch where it was. */
  async function expectUndone({ report }: RunResult): Promise<void> {
    const after = stateOf('production');
    expect(after.links).to.deep.equal(was.links);
    expect(after.versions).to.deep.equal(was.versions);
    expect(after.head).to.equal(was.head);
    expect(isLocked('production')).to.equal(false);
    await expectAllHealthy('production');
    // The failed release stays to be looked at.
    production.exec(['test', '-d', `${ROOT}/.paka/releases/${report.id}`]);
    expect(() => production.exec(['test', '-e', `${ROOT}/.paka/switch`])).to.throw();
  }

  const cases: [title: string, fault: FaultName, reason: RegExp, log: RegExp][] = [
    ['dies at once', 'crash', /fraud: it ended right after its start; exit status 1/, /Cannot read properties/],
    [
      'dies after 2 s',
      'crash-later',
      /fraud: it ended 1\.\d s after it was healthy; exit status 1/,
      /Cannot read properties/,
    ],
    ['listens but answers 500', 'unhealthy', /fraud: \/health answers 500, 3 s after its start/, /listening/],
    ['never listens', 'deaf', /fraud: nothing listened on port 3006 within 3 s/, /^$/],
    ['hangs', 'hang', /fraud: \/health gave no answer within 3 s, though port 3006 listens/, /listening/],
    ['is killed', 'killed', /fraud: it ended right after its start; killed by SIGKILL/, /^$/],
  ];
  for (const [title, fault, reason, log] of cases)
    it(`undoes the deploy of a service that ${title}, and says why`, async () => {
      commitToShop('production', together(touchService('config'), withFault('fraud', fault)), `Fraud ${title}`);
      const result = await runPaka(['deploy', 'production'], { env });
      expect(result.code).to.equal(5);
      expect(result.report).to.include({ ok: false, result: 'rolled-back' });
      expect(result.report.reason).to.match(reason);
      expect(result.host.failure?.log.join('\n')).to.match(log);
      expect(result.service('fraud').outcome).to.equal('failed, undone');
      expect(result.service('config').outcome).to.equal('undone');
      await expectUndone(result);
      const line = ledgerOf('production').at(-1);
      expect(line).to.include({ event: 'end', result: 'rolled-back', from: was.head, to: result.report.to });
      expect(line?.reason).to.match(reason);
      expect(line?.services).to.deep.equal(
        Object.fromEntries(Object.entries(was.links).map(([name, link]) => [name, link.split('/')[3]])),
      );
    });

  it('shows why without the secrets that the service wrote', async () => {
    const leak = (directory: string): void => {
      const file = join(directory, 'services/fraud/src/index.js');
      writeFileSync(
        file,
        `throw new Error('cannot connect to ' + process.env.DATABASE_URL);\n${readFileSync(file, 'utf8')}`,
      );
    };
    commitToShop('production', leak, 'Fraud tells too much');
    const result = await runPaka(['deploy', 'production'], { env });
    expect(result.code).to.equal(5);
    expect(result.host.failure?.log.join('\n')).to.match(/cannot connect to \[\w+\]/);
    expect(result.stdout).not.to.match(/canary/);
    expect(production.exec(['sh', '-c', `cat ${ROOT}/.paka/deploys.jsonl ${ROOT}/.paka/log/*.log`])).not.to.match(
      /canary/,
    );
  });

  it('deploys the mended commit over a service that crash-loops', async () => {
    production.exec([
      'sh',
      '-c',
      'mkdir -p /run/systemd/system/pakashop-coupon.service.d && printf "[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestartSec=100ms\\n" >/run/systemd/system/pakashop-coupon.service.d/x.conf && systemctl daemon-reload',
    ]);
    production.exec([
      'sh',
      '-c',
      `mkdir -p /run/lab/fault; echo '{"crash": {"afterMs": 0}}' >/run/lab/fault/coupon; sleep 2`,
    ]);
    try {
      commitToShop('production', touchService('coupon'), 'Coupon is mended');
      const heal = withInventory((inventory) => {
        entryOf(inventory, 'coupon')['build'] = ['echo "{}" >/run/lab/fault/coupon'];
      });
      production.exec(['chmod', '666', '/run/lab/fault/coupon']);
      const { code, service } = await runPaka(['deploy', 'production'], { env: heal });
      expect(code).to.equal(0);
      expect(service('coupon')).to.include({ outcome: 'deployed', healthy: true });
    } finally {
      production.exec([
        'sh',
        '-c',
        'echo "{}" >/run/lab/fault/coupon; rm -rf /run/systemd/system/pakashop-coupon.service.d; systemctl daemon-reload',
      ]);
    }
    good = headOfShop('production');
    await deployWell('production');
  }).timeout(60_000);

  it('exits 1 where a build fails: nothing was switched, and the output of the build is shown', async () => {
    commitToShop('production', together(touchService('config'), brokenBuild('search')), 'A broken build');
    const result = await runPaka(['deploy', 'production'], { env });
    expect(result.code).to.equal(1);
    expect(result.report.result).to.equal('failed');
    expect(result.report.reason).to.match(/^the build of search failed with exit code \d/);
    expect(result.host.failure?.log.join('\n'))
      .to.match(/go build/)
      .and.to.match(/syntax error/);
    expect(stateOf('production')).to.deep.equal(was);
    await expectUndone(result);
    expect(ledgerOf('production').at(-1)).to.include({ result: 'failed', from: was.head });
  });

  it('undoes where sudo refuses a restart after all, and restarts nothing it may not', async () => {
    // Listed, and so found by `sudo -l`, but only with a password: such a rule is refused when it comes to it.
    const rules = production.exec(['cat', '/etc/sudoers.d/deploy']);
    const refusing = 'deploy ALL=(ALL) PASSWD: /bin/systemctl restart pakashop-fraud.service\n';
    production.exec(['sh', '-c', 'cat >/etc/sudoers.d/zz-refuse && chmod 440 /etc/sudoers.d/zz-refuse'], {
      input: refusing,
    });
    try {
      commitToShop('production', together(touchService('config'), touchService('fraud')), 'Both');
      const result = await runPaka(['deploy', 'production'], { env });
      expect(result.code).to.equal(5);
      expect(result.report.reason).to.match(/fraud: its restart was refused: sudo: a password is required/);
      await expectUndone(result);
      expect(stateOf('production').invocations['fraud']).to.equal(was.invocations['fraud']);
    } finally {
      production.exec(['rm', '-f', '/etc/sudoers.d/zz-refuse']);
      expect(production.exec(['cat', '/etc/sudoers.d/deploy'])).to.equal(rules);
    }
  });

  it('exits 6 where undoing fails too, and says what is left how', async () => {
    // The new release breaks something that the old one needs as well: the fault is on the host, and shows at the next start.
    production.exec(['chmod', '777', '/run/lab/fault']);
    try {
      commitToShop('production', touchService('fraud'), 'Fraud');
      const breaking = withInventory((inventory) => {
        const fraud = entryOf(inventory, 'fraud');
        fraud['startSeconds'] = 2;
        fraud['build'] = [`echo '{"noListen": true}' >/run/lab/fault/fraud`];
      });
      const result = await runPaka(['deploy', 'production'], { env: breaking });
      expect(result.code).to.equal(6);
      expect(result.report.result).to.equal('undo-failed');
      expect(result.host.failure?.left).to.match(/fraud: nothing listened on port 3006 within 2 s/);
      expect(result.service('fraud').outcome).to.equal('undo failed');
      expect(stateOf('production').links).to.deep.equal(was.links);
      expect(ledgerOf('production').at(-1)).to.include({ result: 'undo-failed' });
    } finally {
      production.exec([
        'sh',
        '-c',
        'echo "{}" >/run/lab/fault/fraud; chmod 755 /run/lab/fault; systemctl restart pakashop-fraud',
      ]);
    }
    await expectAllHealthy('production');
  });

  it('survives a full disk: nothing is switched, and the ledger says what happened', async () => {
    // The whole of .paka moves onto a small file system of its own, as a disk that fills up while a release is built.
    production.exec([
      'sh',
      '-ec',
      `cd ${ROOT} && cp -a .paka /var/tmp/paka-copy && mount -t tmpfs -o size=64m,mode=711,uid=1000,gid=1000 tmpfs .paka && cp -a /var/tmp/paka-copy/. .paka/`,
    ]);
    try {
      for (const name of Object.keys(was.links)) production.exec(['systemctl', 'restart', `pakashop-${name}`]);
      await expectAllHealthy('production');
      was = stateOf('production');
      commitToShop('production', together(touchService('config'), touchService('fraud')), 'Fills the disk');
      const filling = withInventory((inventory) => {
        entryOf(inventory, 'fraud')['build'] = ['head -c 200M /dev/zero >filler'];
      });
      const result = await runPaka(['deploy', 'production'], { env: filling });
      expect(result.code).to.equal(1);
      expect(result.host.failure?.log.join('\n')).to.match(/No space left on device/);
      expect(stateOf('production')).to.deep.equal(was);
      expect(ledgerOf('production').at(-1)).to.include({ event: 'end', result: 'failed' });
      await expectAllHealthy('production');
    } finally {
      production.exec(['sh', '-ec', `cd / && umount -l ${ROOT}/.paka && rm -rf /var/tmp/paka-copy`]);
      for (const name of Object.keys(was.links)) production.exec(['systemctl', 'restart', `pakashop-${name}`]);
      await expectAllHealthy('production');
    }
  }).timeout(90_000);

  it('converges: after the failures the next good commit is deployed, and counts alone for retention', async () => {
    const failed = ledgerOf('production').filter(({ result }) => result !== undefined && result !== 'ok').length;
    expect(failed).to.be.above(6);
    commitToShop('production', touchService('fraud'), 'Fraud is well again');
    const { service } = await deployWell('production');
    expect(service('fraud').outcome).to.equal('deployed');
    const kept = production
      .exec(['ls', `${ROOT}/.paka/releases`])
      .trim()
      .split('\n');
    const good = new Set(
      ledgerOf('production')
        .filter(({ event, result }) => event === 'end' && result === 'ok')
        .map(({ id }) => id),
    );
    expect(kept.filter((id) => !good.has(id))).to.have.length(1);
    await expectAllHealthy('production');
  });
});
