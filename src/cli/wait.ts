import { UsageError } from '../lib/errors.js';

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Returns the seconds of a time such as 90s, 10m or 1h; a number alone is seconds. Throws UsageError. */
export function parseWait(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`--wait ${JSON.stringify(text)} is not a time`, { hint: 'Such as 90s, 10m or 1h.' });
  return Number(number) * SECONDS[unit as keyof typeof SECONDS];
}
