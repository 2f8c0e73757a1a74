import { expect } from 'chai';
import { planRollback, rollbackTarget } from '../../../src/lib/deploy/rollback-plan.js';
import { releasesToPrune } from '../../../src/lib/deploy/retention.js';
import { planDeploy } from '../../../src/lib/deploy/plan.js';
import { facts, good, marker, NEW, OLD, RELEASE, RUN, target } from './sample.js';

const EARLIER = '20261122T060000Z-ccccccc';
const services = { gateway: RELEASE, backend: EARLIER, search: RELEASE, web: RELEASE };
const ledger = [good(EARLIER, 'c'.repeat(40), 'deploy', services), good(RELEASE, OLD)];
const releases = new Map([
  [EARLIER, marker(EARLIER, 'c'.repeat(40), facts())],
  [RELEASE, marker(RELEASE, OLD, facts())],
]);

describe('a rollback', () => {
  it('goes to the last good state before the present, and touches only what differs', () => {
    const now = facts([], { ledger, releases });
    const plan = planRollback(target, now, rollbackTarget('web1', now, undefined), RUN);
    expect(plan.services.map(({ service, was, now: to }) => [service.name, was, to])).to.deep.equal([
      ['backend', RELEASE, EARLIER],
    ]);
    expect(plan.release).to.equal(undefined);
    expect(plan.to).to.equal('c'.repeat(40));
  });

  it('is refused where there is nothing to go back to', () => {
    expect(() => rollbackTarget('web1', facts([], { ledger: ledger.slice(1), releases }), undefined)).to.throw(
      'web1: there is no earlier good deploy',
    );
    expect(() => rollbackTarget('web1', facts([], { ledger, releases }), 'nope')).to.throw(
      'the ledger has no good deploy nope',
    );
  });

  it('is refused where a release of it was deleted', () => {
    const without = new Map([...releases].filter(([id]) => id !== EARLIER));
    expect(() => rollbackTarget('web1', facts([], { ledger, releases: without }), undefined)).to.throw(
      `release ${EARLIER} is not there any more`,
    );
  });
});

describe('pruning', () => {
  const id = (day: number): string => `202611${String(day).padStart(2, '0')}T000000Z-aaaaaaa`;
  const days = [1, 2, 3, 4, 5, 6, 7, 8];
  const history = days.map((day) => good(id(day), String(day).repeat(40)));
  const all = new Map([
    ...days.map((day) => [id(day), marker(id(day), OLD, facts())] as const),
    [RELEASE, marker(RELEASE, OLD, facts())] as const,
  ]);

  it('keeps the newest good ones, this run included, and what is linked to or worked in', () => {
    const inUse = new Map([['shop-web.service', `/opt/shop/.paka/releases/${id(2)}/services/web`]]);
    const now = facts(['services/web'], { ledger: history, releases: all, workingDirectories: inUse });
    const plan = planDeploy(target, now, { id: RUN, commit: NEW, hookService: undefined });
    expect(releasesToPrune(now, plan)).to.deep.equal([id(1), id(3), id(4)]);
  });

  it('deletes failed ones but the newest, which count for nothing', () => {
    const failed = ['20261109T000000Z-fffffff', '20261110T000000Z-fffffff'];
    const now = facts([], {
      ledger: history.slice(-2),
      releases: new Map([...all].slice(-3).concat(failed.map((one) => [one, undefined] as never))),
    });
    const plan = planDeploy(target, now, { id: RUN, commit: NEW, hookService: undefined });
    expect(releasesToPrune(now, plan)).to.deep.equal([failed[0]]);
  });
});
