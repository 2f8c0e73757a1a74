import { expect } from 'chai';
import stringWidth from 'string-width';
import { goodStates, runsOf, type LedgerLine } from '../../../src/lib/deploy/ledger.js';
import { renderHistory } from '../../../src/lib/output/history.js';
import type { Terminal } from '../../../src/lib/output/terminal.js';
import { expectGolden } from '../../support/golden.js';

const now = new Date('2026-11-23T12:00:00Z');
const screen: Terminal = { interactive: true, width: 80, color: false, unicode: true };
const wide: Terminal = { ...screen, width: 120 };
const pipe: Terminal = { interactive: false, width: undefined, color: false, unicode: true };

const old = '1f2e3d4c5b6a798081726354453627180900abcd';
const middle = '9a8b7c6d5e4f30211203f4e5d6c7b8a990817263';
const late = '71039f7aa0c1d2e3f405162738495a6b7c8d9e0f';

/** The two lines of a run, or its first alone where it never ended. */
function run(at: string, seconds: number, changes: Partial<LedgerLine>): LedgerLine[] {
  const id = `${at.replace(/[-:]/g, '')}-${(changes.to ?? late).slice(0, 7)}`;
  const line: LedgerLine = {
    v: 1,
    id,
    event: 'start',
    at,
    who: 'Chanda Mwila',
    run: null,
    kind: 'deploy',
    from: old,
    to: late,
    services: {},
    root: null,
    ...changes,
  };
  const { result, reason, ...start } = line;
  const end = new Date(Date.parse(at) + seconds * 1000).toISOString();
  return result === undefined ? [start] : [start, { ...line, event: 'end', at: end, result, reason: reason ?? null }];
}

const adoption: LedgerLine = {
  ...run('2026-10-01T08:00:00Z', 0, { to: old })[0]!,
  event: 'end',
  result: 'ok',
  reason: null,
  adopted: true,
};
const ledger: LedgerLine[] = [
  adoption,
  ...run('2026-10-01T08:00:01Z', 92, { result: 'ok', to: middle, services: { a: 'first' } }),
  ...run('2026-11-20T16:40:00Z', 31.5, {
    from: middle,
    result: 'rolled-back',
    reason: 'fraud: it ended right after its start; exit status 1',
    who: 'github-actions-for-pakashop-production[bot]',
  }),
  ...run('2026-11-21T09:00:00Z', 4.2, {
    from: middle,
    result: 'failed',
    reason: 'the build of backend failed\nnpm error',
  }),
  ...run('2026-11-21T10:00:00Z', 12, { from: middle, result: 'ok' }),
  ...run('2026-11-22T10:00:00Z', 5.1, {
    kind: 'rollback',
    from: late,
    to: middle,
    result: 'ok',
    services: { a: 'first' },
  }),
  ...run('2026-11-22T11:00:00Z', 70, {
    from: middle,
    result: 'undo-failed',
    reason: 'backend: not active within 60 s; not undone: backend: \u001b[31m/health\u001b[0m answers 500',
  }),
  ...run('2026-11-23T11:40:00Z', 0, { from: middle }),
  ...run('2026-11-23T11:59:30Z', 0, { from: middle }),
];
const host = { name: 'pakashop-1', runs: runsOf(ledger, true), good: goodStates(ledger).map(({ id }) => id) };
const empty = { name: 'pakashop-2', runs: [], good: [] };

describe('the history on a screen', () => {
  it('looks as it should', () => {
    expectGolden('history-80.txt', renderHistory([host], screen, now));
    expectGolden('history-120.txt', renderHistory([host], wide, now));
    expectGolden('history-pipe.txt', renderHistory([host, empty], pipe, now));
  });

  it('lists what a rollback can go back to', () => {
    const options = { rollbackTargets: true };
    expectGolden('history-targets.txt', renderHistory([host], screen, now, options));
    expect(renderHistory([empty], screen, now, options)).to.equal('no good deploy to go back to');
  });

  for (const width of [60, 80, 120])
    it(`has no line wider than ${width} columns, and no control character`, () => {
      const text = renderHistory([host], { ...screen, width }, now);
      expect(text.split('\n').filter((line) => stringWidth(line) > width)).to.deep.equal([]);
      expect(text.replaceAll('\n', '')).not.to.match(/\p{Cc}/u);
    });
});
