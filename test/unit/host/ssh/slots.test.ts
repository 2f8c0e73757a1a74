import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { Slots } from '../../../../src/lib/host/ssh/slots.js';
import { rejection } from '../../../support/rejection.js';

describe('Slots', () => {
  /** Takes places as they come, and notes who got one. */
  function take(slots: Slots, count: number): { got: number[]; releases: (() => void)[] } {
    const taken = { got: [] as number[], releases: [] as (() => void)[] };
    for (let index = 0; index < count; index++) {
      void slots.acquire().then((release) => {
        taken.got.push(index);
        taken.releases.push(release);
      });
    }
    return taken;
  }
  const tick = async (): Promise<void> => new Promise(setImmediate);

  it('are given up to the limit, then in turn', async () => {
    const { got, releases } = take(new Slots(2), 4);
    await tick();
    expect(got).to.deep.equal([0, 1]);
    releases[1]?.();
    await tick();
    expect(got).to.deep.equal([0, 1, 2]);
  });

  it('count a release once', async () => {
    const { got, releases } = take(new Slots(1), 3);
    await tick();
    releases[0]?.();
    releases[0]?.();
    await tick();
    expect(got).to.deep.equal([0, 1]);
  });

  it('shrink below what proved too many, to one at least', async () => {
    const slots = new Slots(4);
    const { got, releases } = take(slots, 6);
    await tick();
    expect(slots.shrink()).to.equal(true);
    releases[3]?.();
    releases[2]?.();
    await tick();
    expect(got).to.deep.equal([0, 1, 2, 3]);
    releases[1]?.();
    await tick();
    expect(got).to.deep.equal([0, 1, 2, 3, 4]);
    const one = new Slots(8);
    await one.acquire();
    expect(one.shrink()).to.equal(false);
  });

  it('are given up by a signal, which leaves no listener and no gap in the queue', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire();
    const controller = new AbortController();
    const given = rejection(slots.acquire(controller.signal));
    const { got } = take(slots, 1);
    controller.abort(new Error('no more'));
    expect(await given).to.have.property('message', 'no more');
    expect(getEventListeners(controller.signal, 'abort')).to.have.length(0);
    release();
    await tick();
    expect(got).to.deep.equal([0]);
  });

  it('are refused once they are closed, to those who wait, too', async () => {
    const slots = new Slots(1);
    await slots.acquire();
    const waiting = rejection(slots.acquire());
    slots.close(new Error('closed'));
    expect(await waiting).to.have.property('message', 'closed');
    expect(await rejection(slots.acquire())).to.have.property('message', 'closed');
  });
});
