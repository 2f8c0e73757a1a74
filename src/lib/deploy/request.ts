import type { Host } from '../host/host.js';
import type { Actor } from './actor.js';
import type { Emit } from './events.js';
import type { RunReport } from './report.js';
import type { DeployTarget } from './target.js';

/** What is to be done. The hosts are opened by the caller, and closed by it. */
export interface RunRequest {
  readonly target: DeployTarget;
  readonly hosts: readonly Host[];
  readonly hostsInAll?: number;
  readonly actor: Actor;
  readonly goal: Goal;
  readonly parallel: number;
  /** Seconds to wait for a lock that somebody else holds. */
  readonly waitSeconds: number;
  readonly dryRun: boolean;
  /** Shown the plan; false: nothing is to be done. Absent: nobody is asked. */
  readonly confirm?: (plan: RunReport) => Promise<boolean>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export type Goal =
  | { readonly kind: 'deploy'; readonly ref: string | undefined; readonly allowOlder: boolean }
  | { readonly kind: 'rollback'; readonly to: string | undefined };
