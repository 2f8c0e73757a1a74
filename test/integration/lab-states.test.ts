import { expect } from 'chai';
import { labMachine } from '../lab/lab.js';
import { putInState } from '../lab/state.js';
import { paka } from '../support/paka.js';
import { resetHost, runAsDeploy } from '../support/lab-host.js';

const staging = labMachine('staging');
const root = '/opt/pakashop';

const statusOfCheckout = (): string[] =>
  runAsDeploy(staging, 'git', '-C', root, 'status', '--porcelain', '--ignored').trimEnd().split('\n');
const notOfDeploy = (): string[] =>
  staging.exec(['find', root, '!', '-user', 'deploy', '-printf', '%P\n']).split('\n').filter(Boolean);

describe('the states of a host of the lab', function () {
  this.timeout(120_000);

  after(() => {
    resetHost('staging');
  });

  it('used: files of a year lie in the checkout, all of the deploy user', async () => {
    await putInState(staging, 'used');
    expect(statusOfCheckout()).to.include.members([
      ' M services/coupon/src/index.js',
      '?? notes.txt',
      '?? uploads/',
      '!! services/backend/tmp/',
      '!! services/loyalty/.env',
      '!! services/moderation/__pycache__/',
      '!! services/reports/node_modules/',
    ]);
    expect(notOfDeploy()).to.deep.equal([]);
  });

  it('fresh: a reset leaves nothing of that', () => {
    resetHost('staging');
    expect(statusOfCheckout().filter((line) => !line.startsWith('!!'))).to.deep.equal([]);
    expect(statusOfCheckout()).not.to.include('!! services/loyalty/.env');
    expect(notOfDeploy()).to.deep.equal([]);
  });

  it('root-deployed: the old script has run, and what it wrote is root’s', async () => {
    await putInState(staging, 'root-deployed');
    const owned = notOfDeploy();
    expect(owned).to.include.members([
      'services/analytics/bin/analytics',
      'services/moderation/.venv/bin/pip',
      'services/pricing/src/index.js',
      'services/reports/node_modules/.package-lock.json',
    ]);
    expect(owned.some((path) => path.startsWith('.git/objects/'))).to.equal(true);
    const { code, stdout } = await paka(['status', 'staging', '--faults']);
    expect(code, stdout).to.equal(0);
  });
});
