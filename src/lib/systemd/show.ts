/** What `systemctl show` prints of one unit, as text; a property this systemd does not know is absent. */
export type UnitProperties = Readonly<Record<string, string>>;

/** The properties that a unit's state is judged by. One call asks for all units; D-Bus reads need no privilege. */
export const stateProperties = [
  ...[
    'Id',
    'LoadState',
    'LoadError',
    'ActiveState',
    'SubState',
    'UnitFileState',
    'NeedDaemonReload',
    'ConditionResult',
  ],
  ...[
    'Type',
    'MainPID',
    'InvocationID',
    'Result',
    'ExecMainCode',
    'ExecMainStatus',
    'NRestarts',
    'Restart',
    'RestartUSec',
  ],
  ...['ActiveEnterTimestamp', 'InactiveEnterTimestamp', 'StateChangeTimestamp', 'ExecMainStartTimestamp'],
  ...['StartLimitIntervalUSec', 'StartLimitBurst', 'MemoryCurrent', 'WorkingDirectory'],
] as const;

/**
 * Returns the blocks of `systemctl show UNIT…` in the order asked for. Blocks are parted by one empty line and their
 * property order is D-Bus's own; a value may hold `=`. A unit that does not exist is a block too (LoadState=not-found).
 */
export function parseShow(text: string): UnitProperties[] {
  return text
    .split(/\n\n+/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block) =>
      Object.fromEntries(
        block.split('\n').map((line) => {
          const equals = line.indexOf('=');
          return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
        }),
      ),
    );
}

/**
 * Returns the time of a property printed with `--timestamp=us+utc` ("Mon 2026-11-23 06:48:53.123456 UTC"), or
 * undefined where it never happened (an empty string, or "n/a" before systemd 249).
 */
export function parseTimestamp(value: string | undefined): Date | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(value ?? '');
  if (!match) return undefined;
  const [, day = '', time = '', fraction = ''] = match;
  return new Date(`${day}T${time}${fraction.slice(0, 4)}Z`);
}

/**
 * Returns a counter or a byte figure, or undefined where systemd keeps none: `[not set]`, `[no data]`, `infinity`,
 * or the largest 64-bit number, which some properties print for "unset".
 */
export function parseNumber(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d+$/.test(value) || value === '18446744073709551615') return undefined;
  return Number(value);
}

const spanUnits: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  month: 2_629_800,
  y: 31_557_600,
};

/** Returns the seconds of a `*USec` property, which systemd prints as a span ("1min 30s"); undefined for "infinity". */
export function parseSpan(value: string | undefined): number | undefined {
  const parts = (value ?? '').split(' ').map((part) => /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(part));
  let seconds = 0;
  for (const part of parts) {
    const unit = spanUnits[part?.[2] ?? ''];
    if (part?.[1] === undefined || unit === undefined) return undefined;
    seconds += Number(part[1]) * unit;
  }
  return seconds;
}
