import { expect } from 'chai';
import {
  endLine,
  goodStates,
  parseLedger,
  runsOf,
  startLine,
  type LedgerLine,
} from '../../../src/lib/deploy/ledger.js';
import { good, NEW, OLD } from './sample.js';

const run = {
  id: 'x',
  who: 'Joseph',
  run: null,
  kind: 'deploy',
  from: OLD,
  to: NEW,
  services: {},
  root: null,
} as const;
const at = (second: number): Date => new Date(Date.UTC(2026, 10, 24, 0, 0, second));

describe('the ledger', () => {
  it('has the shape that others rely on', () => {
    expect(JSON.parse(startLine({ ...run, services: { a: 'r' } }, at(1)))).to.deep.equal({
      ...{ v: 1, id: 'x', event: 'start', at: '2026-11-24T00:00:01.000Z', who: 'Joseph', run: null, kind: 'deploy' },
      ...{ from: OLD, to: NEW, services: { a: 'r' }, root: null },
    });
    expect(JSON.parse(endLine(run, at(2), 'failed', 'why'))).to.include({
      event: 'end',
      result: 'failed',
      reason: 'why',
    });
  });

  it('is read over lines that were cut', () => {
    expect(
      parseLedger([
        '{"v":1,"id":"x","ev',
        '',
        startLine(run, at(1)),
        'null',
        '[]',
        '{"v":1,"id":"x","to":"y","services":null}',
      ]),
    ).to.have.length(1);
  });

  it('knows a run without an end as interrupted, unless it is at work', () => {
    const lines = parseLedger([startLine({ ...run, id: 'a' }, at(1)), startLine({ ...run, id: 'b' }, at(2))]);
    expect(runsOf(lines, false).map(({ outcome }) => outcome)).to.deep.equal(['interrupted', 'interrupted']);
    expect(runsOf(lines, true).map(({ outcome }) => outcome)).to.deep.equal(['interrupted', 'running']);
  });
});

describe('the good states of a host', () => {
  const ids = (ledger: readonly LedgerLine[]): string[] => goodStates(ledger).map(({ id }) => id);
  const [a, b, c] = [good('a', '1'.repeat(40)), good('b', '2'.repeat(40)), good('c', '3'.repeat(40))];
  const back = (id: string, to: LedgerLine): LedgerLine => ({ ...good(id, to.to, 'rollback', { ...to.services }) });

  it('are the good deploys, the present one last', () => {
    expect(ids([a, { ...b, result: 'failed' }, c])).to.deep.equal(['a', 'c']);
  });

  it('lose what was rolled back from, so that a second rollback goes further back', () => {
    expect(ids([a, b, c, back('r', b)])).to.deep.equal(['a', 'b']);
    expect(ids([a, b, c, back('r', b), back('s', a)])).to.deep.equal(['a']);
  });

  it('get a state back that a rollback returned to, on top', () => {
    expect(ids([a, b, c, back('r', a), back('s', c)])).to.deep.equal(['a', 's']);
  });

  it('are left by a rollback though a service came with the bad one, and stays', () => {
    const bad = good('c', '3'.repeat(40), 'deploy', { ...c.services, extra: 'c' });
    const rollback = { ...good('r', b.to, 'rollback', { ...b.services, extra: 'c' }), state: 'b' };
    expect(ids([a, b, bad, rollback])).to.deep.equal(['a', 'b']);
  });

  it('go on after a rollback with what is deployed then', () => {
    expect(ids([a, b, back('r', a), c])).to.deep.equal(['a', 'c']);
  });

  it('count a run that changed nothing once', () => {
    expect(ids([a, { ...a, id: 'again' }])).to.deep.equal(['a']);
  });
});
