import { ExitCode, PakaError } from '../errors.js';
import type { Obstacle } from './guards.js';
import type { RunFailure } from './report.js';

/** Something stands against the run; nothing was changed. */
export class ObstacleError extends PakaError {
  constructor(obstacles: readonly { readonly host: string; readonly obstacle: Obstacle }[]) {
    const problems = obstacles.map(({ host, obstacle }) => `${host}: ${obstacle.problem}`);
    const fixes = [...new Set(obstacles.map(({ obstacle }) => obstacle.fix))];
    super(problems.join('\n'), { hint: ['Nothing was changed.', ...fixes].join('\n'), exitCode: ExitCode.unhealthy });
  }
}

/** A part of a run failed on a host: the reason of the failure, for the report. */
export class RunFailedError extends Error {
  constructor(
    readonly host: string,
    readonly failure: RunFailure,
  ) {
    super(failure.reason);
  }
}

/** The user was asked and said no. */
export class DeclinedError extends PakaError {
  constructor() {
    super('not confirmed: nothing was changed', { exitCode: ExitCode.interrupted });
  }
}
