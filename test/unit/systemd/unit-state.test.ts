import { expect } from 'chai';
import type { UnitProperties } from '../../../src/lib/systemd/show.js';
import { judgeUnit } from '../../../src/lib/systemd/unit-state.js';

const now = new Date('2026-11-23T12:00:00Z');
const ago = (seconds: number): string => {
  const time = new Date(now.getTime() - seconds * 1000).toISOString();
  return `Mon ${time.slice(0, 10)} ${time.slice(11, 19)}.000000 UTC`;
};

const running: UnitProperties = {
  Id: 'shop-api.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  Result: 'success',
  MainPID: '247',
  NRestarts: '0',
  RestartUSec: '5s',
  ActiveEnterTimestamp: ago(3600),
  StateChangeTimestamp: ago(3600),
};

const waiting: UnitProperties = {
  ...running,
  ActiveState: 'activating',
  SubState: 'auto-restart',
  MainPID: '0',
  NRestarts: '1',
  Result: 'exit-code',
  ExecMainCode: '1',
  ExecMainStatus: '1',
};

const failed: UnitProperties = { ...waiting, ActiveState: 'failed', SubState: 'failed' };

describe('judging a unit', () => {
  const cases: [what: string, unit: UnitProperties, state: string, reason: RegExp | undefined][] = [
    ['runs', running, 'up', undefined],
    ['is being reloaded', { ...running, ActiveState: 'reloading' }, 'up', undefined],
    ['was never installed', { LoadState: 'not-found', ActiveState: 'inactive' }, 'missing', /never installed/],
    ['is masked', { LoadState: 'masked', ActiveState: 'inactive' }, 'down', /masked/],
    ['has an unreadable unit file', { LoadState: 'bad-setting', ActiveState: 'inactive' }, 'down', /unit file/],
    ['was stopped', { ...running, ActiveState: 'inactive', SubState: 'dead', MainPID: '0' }, 'down', /^stopped$/],
    ['was never started', { ...running, ActiveState: 'inactive', ConditionResult: 'no' }, 'down', /^stopped$/],
    [
      'is held back by a condition',
      { ...running, ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestamp: ago(60) },
      'down',
      /condition/,
    ],
    ['runs its ExecStartPre', { ...running, ActiveState: 'activating', SubState: 'start-pre' }, 'starting', undefined],
    [
      'is never ready',
      { ...running, ActiveState: 'activating', SubState: 'start', NRestarts: '4' },
      'crash-looping',
      /^started 5 times and never ready$/,
    ],
    ['fails before its start', { ...failed, ExecMainCode: '0', ExecMainStatus: '0' }, 'failed', /ExecStartPre/],
    ['lost its unit file while it runs', { ...running, LoadState: 'not-found' }, 'up', undefined],
    ['is stopping', { ...running, ActiveState: 'deactivating', SubState: 'stop-sigterm' }, 'stopping', undefined],
    ['waits to be restarted', waiting, 'crash-looping', /^exit status 1; systemd starts it again every 5 s$/],
    [
      'is between two crashes',
      { ...running, NRestarts: '7', ActiveEnterTimestamp: ago(2), ExecMainCode: '1', ExecMainStatus: '3' },
      'crash-looping',
      /^started 8 times, last 2 s ago$/,
    ],
    ['crashed long ago', { ...running, NRestarts: '7', ActiveEnterTimestamp: ago(3600) }, 'up', undefined],
    ['crashed once just now', { ...running, NRestarts: '1', ActiveEnterTimestamp: ago(2) }, 'up', undefined],
    ['exited', failed, 'failed', /^exit status 1$/],
    ['could not be executed', { ...failed, ExecMainStatus: '203' }, 'failed', /203 \(EXEC\): .*executed/],
    ['has a broken sandbox', { ...failed, ExecMainStatus: '226' }, 'failed', /226 \(NAMESPACE\)/],
    ['was killed', { ...failed, Result: 'signal', ExecMainCode: '2', ExecMainStatus: '9' }, 'failed', /by SIGKILL$/],
    [
      'dumped core',
      { ...failed, Result: 'core-dump', ExecMainCode: '3', ExecMainStatus: '11' },
      'failed',
      /SIGSEGV, core dumped/,
    ],
    ['ran out of memory', { ...failed, Result: 'oom-kill' }, 'failed', /out of memory/],
    ['took too long', { ...failed, Result: 'timeout' }, 'failed', /too long/],
    [
      'was restarted too often',
      { ...failed, Restart: 'always', NRestarts: '4', StartLimitBurst: '5', StartLimitIntervalUSec: '10s' },
      'failed',
      /^exit status 1; started 5 times in 10 s without staying up: systemd gave up$/,
    ],
    [
      'was started too often',
      { ...failed, Result: 'start-limit-hit', StartLimitBurst: '5', StartLimitIntervalUSec: '10s' },
      'failed',
      /^exit status 1; started 5 times in 10 s: systemd refuses to start it more often$/,
    ],
  ];
  for (const [what, unit, state, reason] of cases)
    it(`calls a unit that ${what} ${state}`, () => {
      const judged = judgeUnit(unit, now);
      expect(judged.state).to.equal(state);
      if (reason) expect(judged.reason).to.match(reason);
      else expect(judged.reason).to.equal(undefined);
    });

  it('counts from the start of an active unit, and from the last change of any other', () => {
    expect(judgeUnit(running, now).since).to.deep.equal(new Date('2026-11-23T11:00:00Z'));
    const stopped = { ...running, ActiveState: 'inactive', StateChangeTimestamp: ago(60) };
    expect(judgeUnit(stopped, now).since).to.deep.equal(new Date('2026-11-23T11:59:00Z'));
  });

  it('has no pid while the unit has no process', () => {
    expect(judgeUnit(running, now).pid).to.equal(247);
    expect(judgeUnit(waiting, now).pid).to.equal(undefined);
  });
});
