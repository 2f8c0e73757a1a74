import { resetHost } from './lab-host.js';
import { deployWell } from './deploying.js';
import { headOfShop, mendOrigin, resetShop } from './shop.js';

/** What a block of tests has when it begins. */
export interface AdoptedHost {
  /** The commit that production's branch is at. */
  readonly original: string;
}

/**
 * Makes the production host anew and deploys to it once, before the tests of the calling block, and puts host and origin
 * back as they were after them. `setUp` runs when that is done.
 */
export function onAdoptedHost(setUp: () => Promise<void> | void = () => undefined): AdoptedHost {
  const state = { original: '' };
  before(async function () {
    this.timeout(90_000);
    mendOrigin();
    state.original = headOfShop('production');
    resetHost('production');
    await deployWell('production');
    await setUp();
  });
  after(() => {
    mendOrigin();
    resetShop('production', state.original);
    resetHost('production');
  });
  return state;
}
