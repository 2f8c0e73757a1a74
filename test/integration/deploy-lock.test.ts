import { once } from 'node:events';
import { expect } from 'chai';
import { onAdoptedHost } from '../support/adopted-host.js';
import { labMachine } from '../lab/lab.js';
import { until } from '../lab/system.js';
import {
  entryOf,
  failing,
  isLocked,
  ledgerOf,
  runPaka,
  stateOf,
  unlocked,
  withInventory,
} from '../support/deploying.js';
import { paka, startPaka } from '../support/paka.js';
import { touchService } from '../support/shop-changes.js';
import { commitToShop, headOfShop } from '../support/shop.js';

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'thandiwe',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'pakashop/pakashop',
  GITHUB_RUN_ID: '4711',
};
const RUN = 'https://github.example/pakashop/pakashop/actions/runs/4711';

describe('the lock of a host', () => {
  /** Its build takes a while, in which the lock is held. */
  let slow: { PAKA_SERVICES: string };

  onAdoptedHost(() => {
    slow = withInventory((inventory) => {
      entryOf(inventory, 'coupon')['build'] = ['sleep 4'];
    });
  });

  it('lets one of two deploys run; the other exits 4 and names who holds it, since when, and its CI run', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon');
    const first = startPaka(['deploy', 'production'], { env: { ...slow, ...github } });
    await until('the first holds the lock', 5000, () => (isLocked('production') ? true : undefined));
    const second = await failing(['deploy', 'production']);
    expect(second.code).to.equal(4);
    expect(second.message).to.match(/^pakashop-production is locked: deploy by thandiwe since 2\d{3}-\S+Z \(https:/);
    expect(second.message).to.include(RUN);
    expect(second.hint).to.include('--wait 10m');
    const status = await paka(['status', 'production']);
    expect(status.stdout).to.match(/at work now: deploy by thandiwe since/);
    expect(status.code).to.equal(0);
    const [code] = (await once(first, 'close')) as [number];
    expect(code).to.equal(0);
    expect(isLocked('production')).to.equal(false);
    expect(ledgerOf('production').at(-1)).to.include({ who: 'thandiwe', run: RUN, result: 'ok' });
  });

  it('is waited for with --wait, and what the other did is then planned anew', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon again');
    const first = startPaka(['deploy', 'production'], { env: slow });
    const ended = once(first, 'close') as Promise<[number]>;
    await until('the first holds the lock', 5000, () => (isLocked('production') ? true : undefined));
    const second = await runPaka(['deploy', 'production', '--wait', '1m'], { env: slow });
    expect(second.code).to.equal(0);
    expect(second.report.result).to.equal('nothing to do');
    const [code] = await ended;
    expect(code).to.equal(0);
  });

  it('is not waited for longer than was said', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon once more');
    const first = startPaka(['deploy', 'production'], { env: slow });
    await until('the first holds the lock', 5000, () => (isLocked('production') ? true : undefined));
    const began = Date.now();
    const second = await failing(['deploy', 'production', '--wait', '1s']);
    expect(second.code).to.equal(4);
    expect(Date.now() - began).to.be.within(1000, 3500);
    await once(first, 'close');
  });

  it('can be waited for and left by Ctrl-C, without harm to the one who holds it', async () => {
    commitToShop('production', touchService('coupon'), 'Coupon, four');
    const first = startPaka(['deploy', 'production'], { env: slow });
    await until('the first holds the lock', 5000, () => (isLocked('production') ? true : undefined));
    const second = startPaka(['deploy', 'production', '--wait', '10m']);
    let said = '';
    second.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until('the second waits', 5000, () => (said.includes('waiting for the lock') ? true : undefined));
    second.kill('SIGINT');
    const [code] = (await once(second, 'close')) as [number];
    expect(code).to.equal(130);
    expect(isLocked('production')).to.equal(true);
    expect(labMachine('production').exec(['cat', '/opt/pakashop/.paka/lock'])).to.match(/"who"/);
    const [ended] = (await once(first, 'close')) as [number];
    expect(ended).to.equal(0);
    await unlocked('production');
    expect(stateOf('production').versions['coupon']).to.equal(headOfShop('production'));
  });

  it('refuses a time that is none', async () => {
    const { code, message } = await failing(['deploy', 'production', '--wait', 'soon']);
    expect(code).to.equal(2);
    expect(message).to.equal('--wait "soon" is not a time');
  });
});
