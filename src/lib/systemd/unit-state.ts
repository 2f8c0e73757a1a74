import { exitStatusInWords, signalName } from './exit-status.js';
import { parseNumber, parseSpan, parseTimestamp, type UnitProperties } from './show.js';

export type ServiceState = 'up' | 'starting' | 'stopping' | 'crash-looping' | 'failed' | 'down' | 'missing';

/** A unit as systemd sees it: its state, and where that is not well, why, in words. */
export interface UnitState {
  readonly state: ServiceState;
  readonly reason: string | undefined;
  /** When it became active, or where it is not, when it last changed its state. */
  readonly since: Date | undefined;
  /** The pid of its main process while it has one. */
  readonly pid: number | undefined;
  /** Automatic restarts since it was last started by hand: systemd zeroes the count at a manual start. */
  readonly restarts: number;
}

/** Three automatic restarts, the last less than a minute ago: the pauses of a loop are not mistaken for health. */
const LOOP_RESTARTS = 3;
const LOOP_WINDOW_SECONDS = 60;

/** Judges what `systemctl show` says of a unit at the time `now` (of the host's clock). */
export function judgeUnit(unit: UnitProperties, now: Date): UnitState {
  const restarts = parseNumber(unit['NRestarts']) ?? 0;
  const active = unit['ActiveState'] ?? 'inactive';
  const entered = parseTimestamp(unit['ActiveEnterTimestamp']);
  const isActive = active === 'active' || active === 'reloading';
  const since = isActive ? entered : parseTimestamp(unit['StateChangeTimestamp']);
  const pid = parseNumber(unit['MainPID']);
  const common = { since, pid: pid === 0 ? undefined : pid, restarts };

  const loadFault = loadFaultInWords(unit);
  if (unit['LoadState'] === 'not-found' && !isActive) return { ...common, state: 'missing', reason: loadFault };
  if (loadFault !== undefined && !isActive) return { ...common, state: 'down', reason: loadFault };

  if (isActive) {
    const age = entered === undefined ? Infinity : (now.getTime() - entered.getTime()) / 1000;
    if (restarts < LOOP_RESTARTS || age > LOOP_WINDOW_SECONDS) return { ...common, state: 'up', reason: undefined };
    // How the run before this one ended is forgotten: systemd clears the status as it starts the process anew.
    return {
      ...common,
      state: 'crash-looping',
      reason: `started ${restarts + 1} times, last ${Math.round(age)} s ago`,
    };
  }
  if (active === 'activating') {
    if (unit['SubState'] !== 'auto-restart') {
      if (restarts < LOOP_RESTARTS) return { ...common, state: 'starting', reason: undefined };
      return { ...common, state: 'crash-looping', reason: `started ${restarts + 1} times and never ready` };
    }
    const pause = parseSpan(unit['RestartUSec']);
    const again = pause === undefined ? 'systemd starts it again' : `systemd starts it again every ${pause} s`;
    return { ...common, state: 'crash-looping', reason: `${endInWords(unit)}; ${again}` };
  }
  if (active === 'deactivating') return { ...common, state: 'stopping', reason: undefined };
  if (active === 'failed') return { ...common, state: 'failed', reason: endInWords(unit) };
  // A unit that was never started has "no", too, but no time at which its conditions were looked at.
  const heldBack = unit['ConditionResult'] === 'no' && parseTimestamp(unit['ConditionTimestamp']) !== undefined;
  return {
    ...common,
    state: 'down',
    reason: heldBack ? 'stopped: a condition of its unit file is not met' : 'stopped',
  };
}

function loadFaultInWords(unit: UnitProperties): string | undefined {
  switch (unit['LoadState']) {
    case 'not-found':
      return 'no such unit on the host: never installed';
    case 'masked':
      return 'masked: systemd refuses to start it';
    case 'bad-setting':
    case 'error':
      return 'systemd cannot read its unit file';
    default:
      return undefined;
  }
}

/** How the main process last ended. CLD_EXITED, CLD_KILLED and CLD_DUMPED are 1, 2 and 3 in ExecMainCode: sigaction(2). */
function endInWords(unit: UnitProperties): string {
  const status = parseNumber(unit['ExecMainStatus']) ?? 0;
  const code = unit['ExecMainCode'];
  const ended =
    code === '0'
      ? 'a step before its start failed (ExecStartPre, or a condition of its unit file)'
      : code === '2'
        ? `killed by ${signalName(status)}`
        : code === '3'
          ? `killed by ${signalName(status)}, core dumped`
          : exitStatusInWords(status);
  const interval = parseSpan(unit['StartLimitIntervalUSec']) ?? 10;
  const limit = `${unit['StartLimitBurst'] ?? '5'} times in ${interval} s`;
  switch (unit['Result']) {
    case 'start-limit-hit':
      return `${ended}; started ${limit}: systemd refuses to start it more often`;
    case 'oom-kill':
      return 'killed: out of memory';
    case 'timeout':
      return 'killed: it took too long to start or stop';
    case 'watchdog':
      return 'killed: it missed its watchdog';
    case 'protocol':
      return 'it did not tell systemd what its type promises';
    case 'resources':
      return 'systemd lacked a resource to start it: a file it needs, such as the env file, may be missing';
    case 'exec-condition':
      return 'its ExecCondition= said no';
    default:
      // A unit that is to be restarted and is not has used up its starts: only `systemctl start` gets that as a Result.
      return restarts(unit) ? `${ended}; started ${limit} without staying up: systemd gave up` : ended;
  }
}

function restarts(unit: UnitProperties): boolean {
  const always = unit['Restart'] === 'always' || unit['Restart'] === 'on-failure';
  return always && unit['ActiveState'] === 'failed' && (parseNumber(unit['NRestarts']) ?? 0) > 0;
}
