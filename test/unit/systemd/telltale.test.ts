import { expect } from 'chai';
import { lastEnd, telltaleLines } from '../../../src/lib/systemd/telltale.js';
import type { JournalEntry } from '../../../src/lib/systemd/journal.js';

const unit = { Id: 'api.service', ExecMainStartTimestamp: 'Mon 2026-11-23 12:00:10.000000 UTC' };

/** Entries in the order they were written; the journal gives them newest first. */
function journal(...lines: [second: number, pid: number, message: string][]): JournalEntry[] {
  return lines
    .map(([second, pid, message]) => ({
      time: new Date(Date.UTC(2026, 10, 23, 12, 0, second)),
      unit: 'api.service',
      message,
      priority: 6,
      pid,
      fromSystemd: pid === 1,
    }))
    .reverse();
}

describe('the telltale lines of a log', () => {
  it('are the last ones of the run in question, oldest first', () => {
    const entries = journal([1, 7, 'of an earlier run'], [11, 8, 'one'], [12, 8, 'two']);
    expect(telltaleLines(entries, unit, 'up', 8)).to.deep.equal(['one', 'two']);
  });

  it('are those of the last run that ended, of a service that crash-loops', () => {
    const entries = journal([1, 7, 'KeyError: 1'], [5, 8, 'KeyError: 2'], [11, 9, 'listening']);
    expect(telltaleLines(entries, unit, 'crash-looping', 9)).to.deep.equal(['KeyError: 2']);
    expect(telltaleLines(entries, unit, 'crash-looping', undefined)).to.deep.equal(['listening']);
  });

  it('begin with the reason, though much follows it', () => {
    const error = ['Error: listen EADDRINUSE', '    at a (b.js:1:1)', '    at c (d.js:1:1)', '    at e (f.js:1:1)'];
    const rest = [
      "  code: 'EADDRINUSE',",
      '  errno: -98,',
      "  syscall: 'listen',",
      '  port: 3006',
      '}',
      '',
      'Node.js v20.20.2',
    ];
    const entries = journal([11, 8, ['node:net:1', '  throw er;', '  ^', '', ...error, ...rest].join('\n')]);
    expect(telltaleLines(entries, unit, 'failed', undefined)).to.deep.equal([
      ...error.slice(0, 3),
      "  code: 'EADDRINUSE',",
      '  errno: -98,',
    ]);
  });

  it('end with the message of a Python traceback', () => {
    const text = 'Traceback (most recent call last):\n  File "a.py", line 1\n    x()\n    ~^^\nKeyError: 1';
    expect(telltaleLines(journal([11, 8, text]), unit, 'failed', undefined).at(-1)).to.equal('KeyError: 1');
  });

  it("are systemd's where the service wrote none, but not what it says of every start and end", () => {
    const entries = journal(
      [11, 1, 'Started api.service - API.'],
      [11, 1, 'api.service: Failed to load environment files: No such file or directory'],
      [11, 1, 'api.service: Main process exited, code=exited, status=1/FAILURE'],
      [11, 1, "api.service: Failed with result 'exit-code'."],
      [12, 1, 'api.service: Scheduled restart job, restart counter is at 3.'],
    );
    expect(telltaleLines(entries, unit, 'failed', undefined)).to.deep.equal([
      'api.service: Failed to load environment files: No such file or directory',
    ]);
  });

  it('say once what was said many times in a row', () => {
    const entries = journal([11, 8, 'Error: boom'], [12, 8, 'Error: boom']);
    expect(telltaleLines(entries, unit, 'failed', undefined)).to.deep.equal(['Error: boom']);
  });
});

describe('the end of the last run', () => {
  const line = (code: string, status: string): string =>
    `api.service: Main process exited, code=${code}, status=${status}`;

  it("is read from systemd's line about it, the newest", () => {
    const entries = journal([1, 1, line('exited', '3/NOTIMPLEMENTED')], [2, 1, line('killed', '9/KILL')], [3, 8, 'x']);
    expect(lastEnd(entries, unit)).to.equal('killed by SIGKILL');
  });

  it('is not believed of a line that the service wrote itself', () => {
    expect(lastEnd(journal([1, 8, line('exited', '1/FAILURE')]), unit)).to.equal(undefined);
  });
});
