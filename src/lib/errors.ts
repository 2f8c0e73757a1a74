/** The exit codes that scripts may rely on; each command lists those it uses in its help. */
export const ExitCode = {
  ok: 0,
  /** It ran, and something is unhealthy; or it failed with nothing switched. */
  unhealthy: 1,
  /** The call or services.json is wrong. */
  usage: 2,
  /** A host cannot be reached, or its key is refused. Takes precedence over `unhealthy`. */
  unreachable: 3,
  /** Another run holds the lock. */
  locked: 4,
  /** The deploy failed and was rolled back. */
  rolledBack: 5,
  /** It failed and could not be undone. */
  undoFailed: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface PakaErrorOptions {
  /** What the user can do next: one or more lines, shown under the message. */
  hint?: string | undefined;
  exitCode?: ExitCode;
  cause?: unknown;
}

/**
 * A failure that a user is told about: one message (what, where), a hint (what to do), an exit code.
 * Anything else that is thrown is a defect of paka and is reported as such.
 */
export class PakaError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: PakaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.unhealthy;
  }
}

/** The call itself is wrong: an unknown name, a value out of range, an inventory that cannot be used. Exit code 2. */
export class UsageError extends PakaError {
  constructor(message: string, options: Omit<PakaErrorOptions, 'exitCode'> = {}) {
    super(message, { ...options, exitCode: ExitCode.usage });
  }
}
