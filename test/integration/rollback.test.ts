import { expect } from 'chai';
import type { HistoryReport } from '../../src/lib/deploy/history.js';
import { labMachine } from '../lab/lab.js';
import {
  deployWell,
  differing,
  expectAllHealthy,
  failing,
  ledgerOf,
  ROOT,
  runPaka,
  stateOf,
  type HostState,
  type RunResult,
  withInventory,
} from '../support/deploying.js';
import { resetHost } from '../support/lab-host.js';
import { paka } from '../support/paka.js';
import { together, touchPath, touchService } from '../support/shop-changes.js';
import { commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';

const production = labMachine('production');

async function rollBack(...args: string[]): Promise<RunResult> {
  const result = await runPaka(['rollback', 'production', ...args]);
  expect(result.code, result.stdout).to.equal(0);
  return result;
}

async function historyOf(): Promise<HistoryReport> {
  const { code, stdout } = await paka(['history', 'production', '--json']);
  expect(code).to.equal(0);
  return JSON.parse(stdout) as HistoryReport;
}

describe('paka rollback and paka history', () => {
  let original: string;
  const states: HostState[] = [];
  const ids: string[] = [];

  before(async function () {
    this.timeout(90_000);
    mendOrigin();
    original = headOfShop('production');
    resetHost('production');
    const note = async (): Promise<void> => {
      ids.push((await deployWell('production')).report.id);
      states.push(stateOf('production'));
    };
    await note();
    commitToShop(
      'production',
      together(touchService('fraud'), touchPath('frontend/public/index.html')),
      'First',
      'Thandiwe Banda',
    );
    await note();
    commitToShop('production', together(touchService('fraud'), touchService('search')), 'Second');
    await note();
  });

  after(() => {
    resetShop('production', original);
    resetHost('production');
  });

  it('goes to the last good deploy without building, and restarts only what differs', async () => {
    const before = stateOf('production');
    const hooks = withInventory((inventory) => {
      const hook = { service: 'backend', run: 'touch /tmp/hooked' };
      inventory.deploy = { hooks: { beforeSwitch: hook, afterDeploy: hook } };
    });
    const { code, report, host } = await runPaka(['rollback', 'production'], { env: hooks });
    expect(code).to.equal(0);
    expect(() => production.exec(['test', '-e', '/tmp/hooked'])).to.throw();
    const after = stateOf('production');
    expect(differing(before.invocations, after.invocations)).to.have.members(['fraud', 'search']);
    expect(after.links).to.deep.equal(states[1]?.links);
    expect(after.versions).to.deep.equal(states[1]?.versions);
    expect(after.head).to.equal(states[1]?.head);
    expect(host.services.every(({ outcome, built }) => outcome === 'rolled back' && !built)).to.equal(true);
    expect(ledgerOf('production').at(-1)).to.include({
      kind: 'rollback',
      result: 'ok',
      from: states[2]?.head,
      to: states[1]?.head,
    });
    expect(report.kind).to.equal('rollback');
    expect(production.exec(['readlink', `${ROOT}/frontend`]).trim()).to.equal(
      `.paka/releases/${ids[1] ?? ''}/frontend`,
    );
  });

  it('goes further back the second time, not to the bad one, and takes the other files along', async () => {
    const { report } = await rollBack();
    expect(stateOf('production').links).to.deep.equal(states[0]?.links);
    expect(report.to).to.equal(states[0]?.head);
    expect(production.exec(['readlink', `${ROOT}/frontend`]).trim()).not.to.include(ids[1]);
    const none = await failing(['rollback', 'production']);
    expect(none.code).to.equal(2);
    expect(none.message).to.equal('pakashop-production: there is no earlier good deploy to go back to');
  });

  it('is taken back by the command that it prints', async () => {
    const { stdout } = await paka(['rollback', 'production', '--to', ids[1] ?? '', '--yes']);
    const [, command = ''] = /paka (rollback production --to \S+)/.exec(stdout) ?? [];
    expect(command).not.to.equal('');
    expect(stateOf('production').links).to.deep.equal(states[1]?.links);
    const back = await runPaka(command.split(' '));
    expect(back.code, back.stdout).to.equal(0);
    expect(stateOf('production').links).to.deep.equal(states[0]?.links);
    await rollBack('--to', ids[2] ?? '');
    expect(stateOf('production').links).to.deep.equal(states[2]?.links);
    await expectAllHealthy('production');
  });

  it('does nothing where that state is the present one', async () => {
    const { report } = await rollBack('--to', ids[2] ?? '');
    expect(report.result).to.equal('nothing to do');
  });

  it('refuses a run that is not there', async () => {
    const { code, message } = await failing(['rollback', 'production', '--to', 'nope']);
    expect(code).to.equal(2);
    expect(message).to.equal('pakashop-production: the ledger has no good deploy nope');
  });

  it('undoes itself where the earlier release does not get well any more', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon');
    await deployWell('production');
    const good = stateOf('production');
    // The release that the rollback returns to is spoilt, as a disk fault would.
    const old = production.exec(['readlink', '-f', `${ROOT}/services/coupon`]).trim();
    const earlier = `${ROOT}/${(states[2]?.links['coupon'] ?? '').replace('../', '')}`;
    expect(old).not.to.equal(earlier);
    production.exec(['mv', `${earlier}/src/index.js`, `${earlier}/src/index.away`]);
    try {
      const { code, report, service } = await runPaka(['rollback', 'production']);
      expect(code).to.equal(5);
      expect(report.result).to.equal('rolled-back');
      expect(service('coupon').outcome).to.equal('failed, undone');
      expect(stateOf('production').links).to.deep.equal(good.links);
      expect(stateOf('production').head).to.equal(good.head);
      await expectAllHealthy('production');
    } finally {
      production.exec(['mv', `${earlier}/src/index.away`, `${earlier}/src/index.js`]);
    }
  });

  it('lists what can be gone back to', async () => {
    const { stdout } = await paka(['rollback', 'production', '--list']);
    const adopted = ledgerOf('production').find((line) => line.adopted)?.id ?? '';
    expect(stdout)
      .to.include(adopted)
      .and.to.match(/present/)
      .and.to.match(/next rollback/);
    const { code, stdout: json } = await paka(['rollback', 'production', '--list', '--json']);
    expect(code).to.equal(0);
    const [host] = (JSON.parse(json) as HistoryReport).hosts;
    expect(host?.good.slice(0, 1)).to.deep.equal([adopted]);
  });

  it('shows the history: commit, when, who, and what came of it', async () => {
    const { stdout } = await paka(['history', 'production']);
    expect(stdout)
      .to.match(/rollback/)
      .and.to.match(/deploy/)
      .and.to.include(ids[1]);
    const [host] = (await historyOf()).hosts;
    const runs = host?.runs ?? [];
    expect(runs.map(({ kind }) => kind).slice(0, 5)).to.deep.equal([
      'deploy',
      'deploy',
      'deploy',
      'deploy',
      'rollback',
    ]);
    expect(runs.filter(({ outcome }) => outcome === 'rolled-back')).to.have.length(1);
    for (const { id, from, to, who, began, at } of runs) {
      expect([id, from, to, who].every((text) => text !== '')).to.equal(true);
      expect(Date.parse(at)).to.be.least(Date.parse(began));
    }
  });

  it('says in the plan that a commit was rolled back before', async () => {
    commitToShop('production', touchService('whatsapp'), 'Whatsapp');
    await deployWell('production');
    await rollBack();
    const { host } = await runPaka(['deploy', 'production', '--dry-run']);
    expect(host.notes.join()).to.match(/^commit \w{7} was rolled back before/);
  });
});
