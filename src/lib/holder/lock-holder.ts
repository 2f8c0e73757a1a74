import { ExitCode, PakaError } from '../errors.js';
import { harmless } from '../text.js';

/** Who holds the lock of a host, as the lock file says it. */
export interface LockHolder {
  readonly who: string;
  /** ISO 8601, by the host's clock. */
  readonly since: string | undefined;
  /** The address of the CI run. */
  readonly run: string | undefined;
  /** deploy, rollback, restart… */
  readonly kind: string | undefined;
}

/** Returns what a lock file says; of one that cannot be read (it is written in two steps), that somebody holds it. */
export function parseLockHolder(text: string): LockHolder {
  try {
    const raw = JSON.parse(text) as Record<string, unknown>;
    const field = (key: string): string | undefined =>
      typeof raw[key] === 'string' ? harmless(raw[key], 200) : undefined;
    return { who: field('who') ?? 'somebody', since: field('since'), run: field('run'), kind: field('kind') };
  } catch {
    return { who: 'somebody', since: undefined, run: undefined, kind: undefined };
  }
}

/** Returns "deploy by Chanda since 2026-11-24T09:41:27Z (https://…)". */
export function holderInWords({ who, since, run, kind }: LockHolder): string {
  const what = kind === undefined ? '' : `${kind} by `;
  return `${what}${who}${since === undefined ? '' : ` since ${since}`}${run === undefined ? '' : ` (${run})`}`;
}

/** Another run holds the lock. */
export class LockedError extends PakaError {
  constructor(
    readonly host: string,
    readonly holder: LockHolder,
  ) {
    super(`${host} is locked: ${holderInWords(holder)}`, {
      hint: 'It is free as soon as that run ends. --wait 10m waits for it.',
      exitCode: ExitCode.locked,
    });
  }
}
