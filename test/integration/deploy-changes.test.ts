import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { onAdoptedHost } from '../support/adopted-host.js';
import { labMachine } from '../lab/lab.js';
import {
  deployWell,
  differing,
  entryOf,
  expectAllHealthy,
  ledgerOf,
  ROOT,
  runPaka,
  stateOf,
  withInventory,
} from '../support/deploying.js';
import { runAsDeploy } from '../support/lab-host.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { paka } from '../support/paka.js';
import { proxiedConfig } from '../support/proxied.js';
import { together, touchPath, touchService } from '../support/shop-changes.js';
import { useWorkspaces } from '../support/shop-workspaces.js';
import { commitToShop } from '../support/shop.js';

const production = labMachine('production');

describe('paka deploy, by what changed', () => {
  onAdoptedHost();

  it('builds, flips and restarts the one service that a commit changed, and no other', async () => {
    const before = stateOf('production');
    const commit = commitToShop('production', touchService('fraud'), 'Fraud: a rule more');
    const { report, host, service } = await deployWell('production');
    const after = stateOf('production');
    expect(differing(before.links, after.links)).to.deep.equal(['fraud']);
    expect(differing(before.invocations, after.invocations)).to.deep.equal(['fraud']);
    expect(after.versions['fraud']).to.equal(commit);
    expect(after.head).to.equal(commit);
    expect(report).to.include({ result: 'ok', from: before.head, to: commit, subject: 'Fraud: a rule more' });
    expect(service('fraud')).to.include({ outcome: 'deployed', built: true, restarted: true, healthy: true });
    expect(host.services).to.have.length(1);
    expect(host.unchanged).to.have.length(18);
    expect(runAsDeploy(production, 'git', '-C', ROOT, 'symbolic-ref', '--short', 'HEAD').trim()).to.equal('production');
    const process = production.exec([
      'readlink',
      `/proc/${production.exec(['systemctl', 'show', '-p', 'MainPID', '--value', 'pakashop-fraud']).trim()}/cwd`,
    ]);
    expect(process.trim()).to.equal(`${ROOT}/.paka/releases/${report.id}/services/fraud`);
  });

  it('says nothing to do the second time, exits 0, and changes nothing', async () => {
    const [before, ledger] = [stateOf('production'), ledgerOf('production').length];
    const { report } = await deployWell('production');
    expect(report.result).to.equal('nothing to do');
    expect(stateOf('production')).to.deep.equal(before);
    expect(ledgerOf('production')).to.have.length(ledger);
  });

  it('costs two round trips at most, past the login, where there is nothing to do', async () => {
    const proxy = await TcpProxy.start(22, production.network.address);
    try {
      const env = { PAKA_SSH_CONFIG: proxiedConfig('production', proxy.port) };
      const took = async (args: readonly string[]): Promise<number> => {
        const began = performance.now();
        await runPaka(args, { env });
        return performance.now() - began;
      };
      const near = await took(['deploy', 'production']);
      proxy.latencyMs = 150;
      const far = await took(['deploy', 'production']);
      // A login takes seven and a half: TCP, versions, key exchange, service, two for the key, channel.
      const trips = (far - near) / 300;
      expect(trips).to.be.below(7.5 + 2);
    } finally {
      await proxy.stop();
    }
  });

  it('reaches exactly the services that use a path', async () => {
    const before = stateOf('production');
    commitToShop('production', touchPath('packages/common/src/index.js'), 'Common: a word');
    const { host } = await deployWell('production');
    expect(differing(before.invocations, stateOf('production').invocations)).to.have.members([
      'backend',
      'pricing',
      'invoicing',
    ]);
    expect(host.services.map(({ why }) => why)).to.deep.equal([
      ['packages/common'],
      ['packages/common'],
      ['packages/common'],
    ]);
  });

  it('restarts nothing for a commit of documents, and still moves to it', async () => {
    const before = stateOf('production');
    const commit = commitToShop(
      'production',
      together(touchPath('README.md'), touchPath('frontend/public/index.html')),
      'Words',
    );
    const { report } = await deployWell('production');
    const after = stateOf('production');
    expect(after.invocations).to.deep.equal(before.invocations);
    expect(after.links).to.deep.equal(before.links);
    expect(after.head).to.equal(commit);
    expect(production.exec(['readlink', `${ROOT}/frontend`]).trim()).to.equal(`.paka/releases/${report.id}/frontend`);
  });

  it('builds Node, Go and Python for real, and all 19 where all changed, in waves with the gateway last', async function () {
    this.timeout(90_000);
    const names = Object.keys(stateOf('production').links);
    const commit = commitToShop('production', together(...names.map((name) => touchService(name))), 'All of them');
    const { host } = await deployWell('production');
    expect(host.services.filter(({ outcome, built }) => outcome === 'deployed' && built)).to.have.length.above(17);
    const after = stateOf('production');
    expect([...new Set(Object.values(after.versions))]).to.deep.equal([commit]);
    const starts = (name: string): number =>
      Number(
        production.exec(['systemctl', 'show', '-p', 'ExecMainStartTimestampMonotonic', '--value', `pakashop-${name}`]),
      );
    const times = names.map((name) => [name, starts(name)] as const).sort((a, b) => a[1] - b[1]);
    expect(times[0]?.[0]).to.equal('config');
    expect(times.at(-1)?.[0]).to.equal('gateway');
    const release = `${ROOT}/.paka/releases/${host.log?.split('/').at(-1)?.replace('.log', '') ?? ''}`;
    production.exec(['test', '-x', `${release}/services/search/bin/search`]);
    production.exec(['test', '-x', `${release}/services/moderation/.venv/bin/python`]);
    production.exec(['test', '-d', `${release}/services/reports/node_modules/csv-line`]);
  });

  it('takes node_modules over by hard links where the lock file is the same, and never a venv', () => {
    const inode = (path: string): string => production.exec(['stat', '-c', '%i %h', path]).trim();
    const [release] = [production.exec(['readlink', '-f', `${ROOT}/services/reports`]).trim()];
    expect(Number(inode(`${release}/node_modules/csv-line/index.js`).split(' ')[1])).to.be.above(1);
    const python = production.exec(['readlink', '-f', `${ROOT}/services/moderation`]).trim();
    expect(production.exec(['cat', `${python}/.venv/bin/pip`])).to.include(python);
  });

  it('builds niced, in the final directory, before anything is switched', async () => {
    const env = withInventory((inventory) => {
      const line = 'echo "$(ps -o ni= -p $$) $PWD $(readlink /opt/pakashop/services/coupon)" >/tmp/coupon-build';
      entryOf(inventory, 'coupon')['build'] = [line];
    });
    const before = production.exec(['readlink', `${ROOT}/services/coupon`]).trim();
    const { report, service } = await runPaka(['deploy', 'production'], { env });
    expect(service('coupon').why).to.deep.equal(['its build']);
    const [nice, directory, link] = production.exec(['cat', '/tmp/coupon-build']).trim().split(/ +/);
    expect(Number(nice)).to.equal(10);
    expect(directory).to.equal(`${ROOT}/.paka/releases/${report.id}/services/coupon`);
    expect(link).to.equal(before);
    await deployWell('production');
  });

  it('installs once per release where the repository has one lock file at its top', async function () {
    this.timeout(60_000);
    commitToShop('production', useWorkspaces(), 'One lock file for the workspaces');
    const { report } = await deployWell('production');
    const log = production.exec(['cat', `${ROOT}/.paka/log/${report.id}.log`]);
    expect(log.match(/^\$ npm ci/gm)).to.have.length(1);
    expect(stateOf('production').versions['coupon']).to.equal(report.to);
    commitToShop('production', together(touchService('coupon'), touchService('loyalty')), 'Both workspaces');
    const second = await deployWell('production');
    expect(second.host.services.map(({ name }) => name)).to.have.members(['coupon', 'loyalty']);
    expect(production.exec(['cat', `${ROOT}/.paka/log/${second.report.id}.log`])).not.to.match(/^\$ npm ci/m);
    await expectAllHealthy('production');
  });

  it('restarts no more services at a time than --parallel says', async () => {
    commitToShop('production', together(...['coupon', 'loyalty', 'fraud'].map((name) => touchService(name))), 'Three');
    const { stdout, code } = await paka(['deploy', 'production', '--parallel', '1']);
    expect(code).to.equal(0);
    const steps = [...stdout.matchAll(/^switch +(\S+) (restarting|healthy)/gm)].map(
      ([, name = '', step = '']) => `${name} ${step}`,
    );
    expect(steps).to.have.length(6);
    for (let index = 0; index < 6; index += 2)
      expect(steps[index + 1]).to.equal(steps[index]?.replace('restarting', 'healthy'));
  });

  it('keeps runtime files that outlive releases, for the old process and for the new', async () => {
    production.exec(['runuser', '-u', 'deploy', '--', 'sh', '-c', `echo upload >${ROOT}/services/backend/tmp/upload`]);
    commitToShop('production', touchService('backend'), 'Backend');
    await deployWell('production');
    expect(production.exec(['cat', `${ROOT}/services/backend/tmp/upload`])).to.equal('upload\n');
    expect(production.exec(['readlink', '-f', `${ROOT}/services/backend/tmp`]).trim()).to.equal(
      `${ROOT}/.paka/shared/services/backend/tmp`,
    );
  });

  it('takes what lies at a path along that becomes shared only now', async () => {
    runAsDeploy(
      production,
      'sh',
      '-c',
      `mkdir ${ROOT}/services/loyalty/uploads && echo pdf >${ROOT}/services/loyalty/uploads/customer.pdf`,
    );
    commitToShop('production', touchService('loyalty'), 'Loyalty');
    const env = withInventory((inventory) => {
      entryOf(inventory, 'loyalty')['shared'] = ['uploads'];
    });
    const { code } = await runPaka(['deploy', 'production'], { env });
    expect(code).to.equal(0);
    expect(production.exec(['cat', `${ROOT}/services/loyalty/uploads/customer.pdf`])).to.equal('pdf\n');
    expect(production.exec(['cat', `${ROOT}/.paka/shared/services/loyalty/uploads/customer.pdf`])).to.equal('pdf\n');
  });

  it('builds a service with a build script again, though its lock file is the same', async () => {
    // Its development package is what the script needs, and is taken out again once it is built.
    const change = (directory: string): void => {
      const manifest = join(directory, 'services/reports/package.json');
      const text = JSON.parse(readFileSync(manifest, 'utf8')) as { scripts: Record<string, string> };
      writeFileSync(
        manifest,
        JSON.stringify({
          ...text,
          scripts: { ...text.scripts, build: 'test -d node_modules/csv-line && echo built >built.txt' },
        }),
      );
    };
    commitToShop('production', change, 'Reports is built');
    await deployWell('production');
    commitToShop('production', touchService('reports'), 'Reports');
    await deployWell('production');
    expect(production.exec(['cat', `${ROOT}/services/reports/built.txt`])).to.equal('built\n');
  }).timeout(60_000);

  it('is not stopped by a worktree that was only half made when the host went down', async () => {
    const half = `${ROOT}/.git/worktrees/20260101T000000Z-0000000`;
    runAsDeploy(
      production,
      'sh',
      '-c',
      `mkdir ${half} && echo initializing >${half}/locked && : >${half}/HEAD && echo ../.. >${half}/commondir && echo ${ROOT}/.paka/releases/x/.git >${half}/gitdir`,
    );
    await deployWell('production');
    expect(() => production.exec(['test', '-e', half])).to.throw();
  });

  it('prunes to the newest five good releases and what is still used', async function () {
    this.timeout(90_000);
    for (let round = 0; round < 6; round += 1) {
      commitToShop('production', touchPath('README.md'), `Words ${round}`);
      await deployWell('production');
    }
    const links = Object.values(stateOf('production').links).map((link) => link.split('/')[3]);
    const kept = production
      .exec(['ls', `${ROOT}/.paka/releases`])
      .trim()
      .split('\n');
    expect(kept).to.include.members([...new Set(links)]);
    const newest = ledgerOf('production')
      .filter(({ event, result }) => event === 'end' && result === 'ok')
      .slice(-5);
    expect(kept).to.include.members(newest.map(({ id }) => id));
    const adopted = ledgerOf('production').flatMap((line) => (line.adopted ? [line.id] : []));
    const needed = newest.flatMap(({ services, root, id }) => [...Object.values(services), root, id]);
    expect(kept.filter((id) => ![...needed, ...adopted, ...links].includes(id))).to.deep.equal([]);
    const worktrees = runAsDeploy(production, 'git', '-C', ROOT, 'worktree', 'list').trim().split('\n');
    expect(worktrees).to.have.length(kept.length + 1);
  });

  it('goes on with a ledger of years', async () => {
    production.exec([
      'sh',
      '-c',
      `line=$(grep '"result":"ok"' ${ROOT}/.paka/deploys.jsonl | tail -n 1); for i in $(seq 600); do echo "$line"; done >>${ROOT}/.paka/deploys.jsonl`,
    ]);
    commitToShop('production', touchPath('README.md'), 'Words, once more');
    await deployWell('production');
  });
});
