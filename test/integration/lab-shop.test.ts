import { expect } from 'chai';
import { labMachine } from '../lab/lab.js';
import { checkout } from '../lab/layout.js';
import { sh, until } from '../lab/system.js';
import { runAsDeploy } from '../support/lab-host.js';
import { breakOrigin, commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';
import { brokenBuild, together, touchPath, touchService, withFault } from '../support/shop-changes.js';
import { useWorkspaces } from '../support/shop-workspaces.js';

const staging = labMachine('staging');
/** A clone on the host, so that the host's own stays as it is. */
const clone = '/tmp/shop';
const here = (...argv: string[]): string => runAsDeploy(staging, 'env', '-C', clone, ...argv);
const shell = (script: string): string => here('bash', '-c', script);
/** Checks the origin's branch out and returns its commit. */
const pull = (): string => shell('git fetch -q && git checkout -q --detach origin/main && git rev-parse HEAD').trim();
const changed = (): string[] => shell('git diff --name-only HEAD~1').trim().split('\n');

describe('the origin of the shop', () => {
  const before = headOfShop('main');

  beforeEach(() => {
    runAsDeploy(staging, 'git', 'clone', '--quiet', '/srv/lab/pakashop.git', clone);
  });

  afterEach(() => {
    mendOrigin();
    resetShop('main', before);
    runAsDeploy(staging, 'rm', '-rf', clone);
  });

  it('takes commits that hosts then see, and goes back', () => {
    const change = together(touchService('coupon'), touchService('search'), touchService('moderation'));
    const commit = commitToShop('main', together(change, touchPath('packages/common/src/index.js')), 'Touch', 'A B');
    expect(headOfShop('main')).to.equal(commit);
    expect(pull()).to.equal(commit);
    expect(changed()).to.have.members([
      'packages/common/src/index.js',
      'services/coupon/src/index.js',
      'services/moderation/app.py',
      'services/search/main.go',
    ]);
    expect(shell('git log -1 --format="%an %ae %s"')).to.equal('A B a.b@pakashop.store Touch\n');
    resetShop('main', before);
    expect(pull()).to.equal(before);
    expect(() => commitToShop('main', () => undefined, 'Nothing')).to.throw('"Nothing" changes nothing');
    expect(() => commitToShop('none', change, 'No branch')).to.throw(/none/);
  });

  it('brings faults along, and takes them away', () => {
    commitToShop('main', withFault('fraud', 'crash'), 'Break fraud');
    pull();
    const run = 'PORT=4999 timeout -s KILL 5 node services/fraud/src/index.js';
    expect(() => shell(run)).to.throw(/exit 1\n[^]*TypeError/);
    commitToShop('main', withFault('fraud', undefined), 'Mend fraud');
    pull();
    expect(shell('git diff HEAD~2')).to.equal('');
  });

  it('breaks the builds of each runtime, which say why and do not take long', () => {
    commitToShop('main', together(...['coupon', 'search', 'moderation'].map(brokenBuild)), 'Break builds');
    pull();
    expect(() => shell('cd services/coupon && npm run build')).to.throw(/the build is broken/);
    expect(() => shell('cd services/search && go build -o /dev/null .')).to.throw(/syntax error/);
    const pip = '/opt/pakashop/services/moderation/.venv/bin/pip';
    expect(() => shell(`cd services/moderation && ${pip} install -r requirements.txt`)).to.throw(/missing-1.0/);
  });

  it('is gone for the hosts when it is broken, and back when it is mended', () => {
    breakOrigin();
    expect(() => shell('git fetch')).to.throw(/does not appear to be a git repository/);
    mendOrigin();
    expect(pull()).to.equal(before);
  });

  it('can be one of npm workspaces, whose coupon needs an install at the root', async () => {
    commitToShop('main', useWorkspaces(), 'Workspaces');
    const commit = pull();
    const run = 'cd services/coupon && PORT=4999 exec timeout -s KILL 5 node src/index.js';
    expect(() => shell(run)).to.throw(/Cannot find module '@pakashop\/common'/);
    shell('npm ci --omit=dev --no-audit --no-fund --offline');
    shell(`(${run}) >/dev/null 2>&1 &`);
    const health = await until('coupon answers', 4000, () => {
      const answer = shell('curl -qs http://localhost:4999/health || true');
      return answer === '' ? undefined : answer;
    });
    expect(JSON.parse(health)).to.include({ status: 'ok', version: commit });
  });

  it('takes commits from the command line', () => {
    const commit = sh(process.execPath, ['--import', 'tsx', 'test/lab/cli.ts', 'commit', 'main', 'coupon', 'slow'], {
      cwd: checkout,
    });
    expect(commit.trim()).to.equal(headOfShop('main')).and.equal(pull());
    expect(changed()).to.have.members(['services/coupon/fault.json', 'services/coupon/src/index.js']);
  });
});
