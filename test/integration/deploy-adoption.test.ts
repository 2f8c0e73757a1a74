import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { labMachine } from '../lab/lab.js';
import { checkout } from '../lab/layout.js';
import { putInState } from '../lab/state.js';
import {
  deployWell,
  entryOf,
  expectAllHealthy,
  failing,
  ledgerOf,
  ROOT,
  runPaka,
  stateOf,
  withInventory,
} from '../support/deploying.js';
import { resetHost, runAsDeploy } from '../support/lab-host.js';
import { touchService } from '../support/shop-changes.js';
import { commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';

const production = labMachine('production');
const sh = (script: string): string => production.exec(['sh', '-ec', script]).trim();

/** Every file under root but git's and paka's own, with what it holds; links are followed. */
function contents(): string[] {
  return sh(
    `cd ${ROOT} && find -L . -path ./.git -prune -o -path ./.paka -prune -o -name .git -prune -o -name .paka-release.json -prune -o -name .env.production -prune -o -type f -print | sort | xargs -d '\\n' sha256sum`,
  ).split('\n');
}

describe('the first deploy to a plain checkout', () => {
  let original: string;

  before(() => {
    mendOrigin();
    original = headOfShop('production');
  });

  after(() => {
    resetShop('production', original);
    resetHost('production');
  });

  describe('fresh as the shop has it', () => {
    before(function () {
      this.timeout(30_000);
      resetHost('production');
    });

    it('stops nothing, loses nothing, keeps every path, and serves static files throughout', async () => {
      const [before, files] = [stateOf('production'), contents()];
      const stop = watchStatic();
      const { report, host } = await deployWell('production');
      const { asked, failed } = await stop();
      expect(asked).to.be.above(20);
      expect(failed).to.equal(0);
      expect(host.adopted).to.equal(true);
      expect(report.result).to.equal('ok');
      const after = stateOf('production');
      expect(after.invocations).to.deep.equal(before.invocations);
      expect(after.versions).to.deep.equal(before.versions);
      expect(contents()).to.deep.equal(files);
      await expectAllHealthy('production');
    });

    it('leaves the layout that was promised', () => {
      expect(sh(`git -c safe.directory='*' -C ${ROOT} config core.bare`)).to.equal('true');
      expect(runAsDeploy(production, 'git', '-C', ROOT, 'log', '-1', '--format=%H').trim()).to.equal(original);
      const release = sh(`readlink -f ${ROOT}/services/backend`);
      expect(release).to.match(/^\/opt\/pakashop\/\.paka\/releases\/\d{8}T\d{6}Z-[0-9a-f]{7}\/services\/backend$/);
      expect(sh(`readlink ${ROOT}/services/backend`)).to.match(/^\.\.\/\.paka\/releases\//);
      expect(sh(`readlink ${ROOT}/frontend`)).to.match(/^\.paka\/releases\//);
      expect(sh(`stat -c '%a %U' ${ROOT}/.paka ${ROOT}/.paka/log`)).to.equal('711 deploy\n700 deploy');
      expect(sh(`runuser -u www-data -- cat ${ROOT}/frontend/public/index.html | head -c 9`).toLowerCase()).to.equal(
        '<!doctype',
      );
      expect(sh(`cat ${release}/../../.env.production | head -c 10`)).to.equal('# Database');
      expect(runAsDeploy(production, 'git', '-C', `${release}/../..`, 'status', '--short').trim()).to.match(
        /^(?:\?\? \S+\n?)*$/,
      );
      expect(ledgerOf('production').some(({ adopted, result }) => adopted === true && result === 'ok')).to.equal(true);
    });

    it('can be gone back from, by the commands of the guide', () => {
      const text = readFileSync(join(checkout, 'docs/deploy.md'), 'utf8');
      const [, guide = ''] = /### Back to a plain checkout[^]*?```sh\n([^]*?)```/.exec(text) ?? [];
      const before = contents();
      expect(runAsDeploy(production, 'bash', '-ec', `${guide}\ngit status --porcelain`).trim()).to.equal('');
      expect(contents()).to.deep.equal(before);
      sh('for unit in $(ls /etc/systemd/system/pakashop-*.service); do systemctl restart "$(basename $unit)"; done');
      expect(
        sh(`test ! -L ${ROOT}/services/backend && git -c safe.directory='*' -C ${ROOT} rev-parse --abbrev-ref HEAD`),
      ).to.equal('production');
    });
  });

  describe('used for a year', () => {
    before(async function () {
      this.timeout(60_000);
      resetHost('production');
      await putInState(production, 'used');
    });

    it('is refused with the list of what was changed and what is in the way, and the two ways on', async () => {
      const files = contents();
      const { code, message, hint } = await failing(['deploy', 'production']);
      expect(code).to.equal(1);
      expect(message).to.match(/files of the checkout were changed by hand: services\/coupon\/src\/index\.js/);
      expect(message).to.match(
        /files that git does not track lie among those of the repository: services\/loyalty\/\.env/,
      );
      expect(message).not.to.match(/uploads|notes|node_modules|__pycache__|backend\/tmp/);
      expect(hint)
        .to.match(/git -C \/opt\/pakashop checkout -- services\/coupon\/src\/index\.js/)
        .and.to.match(/"shared"/);
      expect(contents()).to.deep.equal(files);
      expect(sh(`ls -a ${ROOT}`)).not.to.include('.paka');
    });

    it('is taken over once that is settled: all its files are still there, and runtime files outlive it', async () => {
      const env = withInventory((inventory) => {
        entryOf(inventory, 'loyalty')['shared'] = ['.env'];
      });
      runAsDeploy(production, 'git', '-C', ROOT, 'checkout', '--', 'services/coupon/src/index.js');
      const [before, files] = [stateOf('production'), contents()];
      const { code, host } = await runPaka(['deploy', 'production'], { env });
      expect(code).to.equal(0);
      expect(host.adopted).to.equal(true);
      expect(contents()).to.deep.equal(files);
      expect(stateOf('production').invocations).to.deep.equal(before.invocations);
      expect(sh(`readlink -f ${ROOT}/services/loyalty/.env`)).to.equal(`${ROOT}/.paka/shared/services/loyalty/.env`);
      expect(sh(`readlink -f ${ROOT}/services/backend/tmp`)).to.equal(`${ROOT}/.paka/shared/services/backend/tmp`);
      expect(
        sh(`test ! -L ${ROOT}/uploads && test -f ${ROOT}/notes.txt && readlink -f ${ROOT}/frontend/../notes.txt`),
      ).to.equal(`${ROOT}/notes.txt`);
      commitToShop('production', touchService('loyalty'), 'Loyalty');
      const next = await runPaka(['deploy', 'production'], { env });
      expect(next.code).to.equal(0);
      const env2 = sh(`readlink -f ${ROOT}/services/loyalty/.env`);
      expect(env2).to.equal(`${ROOT}/.paka/shared/services/loyalty/.env`);
      await expectAllHealthy('production');
      resetShop('production', original);
    }).timeout(60_000);
  });

  describe('deployed by root', () => {
    before(async function () {
      this.timeout(90_000);
      resetHost('production');
      await putInState(production, 'root-deployed');
    });

    it('is refused with the one command that gives the files back, and taken over after it', async () => {
      const { code, message, hint } = await failing(['deploy', 'production']);
      expect(code).to.equal(1);
      expect(message).to.match(/not everything under \/opt\/pakashop belongs to deploy \(root owns /);
      const [command = ''] = /sudo chown -R deploy: \/opt\/pakashop/.exec(hint) ?? [];
      sh(command.replace('sudo ', ''));
      const { host } = await deployWell('production');
      expect(host.adopted).to.equal(true);
      await expectAllHealthy('production');
    }).timeout(60_000);
  });
});

/** Asks the host's nginx for a static file, for 3 s and as fast as it goes; returns what waits for the end of that. */
function watchStatic(): () => Promise<{ asked: number; failed: number }> {
  const script = `end=$((SECONDS + 3)); n=0; bad=0
    while [ "$SECONDS" -lt "$end" ]; do
      n=$((n + 1))
      [ "$(curl -q -sk -o /dev/null -w '%{http_code}' https://localhost/static/index.html)" = 200 ] || bad=$((bad + 1))
    done
    echo "$n $bad"`;
  const child = spawn('nsenter', [...(production.enterArguments ?? []), 'bash', '-c', script]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close');
  return async () => {
    await closed;
    const [asked = 0, failed = 0] = output.trim().split(' ').map(Number);
    return { asked, failed };
  };
}
