import type { HostPlan } from './plan.js';
import type { RunKind, RunResult } from './ledger.js';

/** What `paka deploy --json` and `paka rollback --json` print: keys may be added, none renamed. */
export interface RunReport {
  readonly ok: boolean;
  readonly environment: string;
  readonly kind: RunKind;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The first line of the commit's message. */
  readonly subject: string;
  readonly who: string;
  readonly run: string | null;
  readonly dryRun: boolean;
  readonly nothingToDo: boolean;
  readonly result: RunResult | 'nothing to do' | 'planned';
  readonly reason: string | null;
  readonly hosts: readonly HostRunReport[];
  /** Set where only this machine was worked on though the environment has more hosts. */
  readonly hostsInAll?: number;
  readonly seconds: number;
}

export interface HostRunReport {
  readonly name: string;
  readonly result: RunReport['result'];
  readonly adopted: boolean;
  readonly services: readonly ServiceRunReport[];
  readonly unchanged: readonly string[];
  /** Where on the host the whole log of this run is. */
  readonly log: string | null;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The good state that this run left: `paka rollback --to` goes back to it. */
  readonly leaves: string | null;
  /** Why it failed, and what shows it. */
  readonly failure: RunFailure | null;
  /** The commands of the plan; only of a dry run. */
  readonly commands?: readonly string[];
  /** The plan in full, for who wants to know more; only of a dry run. */
  readonly links?: HostPlan['links'];
}

export interface ServiceRunReport {
  readonly name: string;
  readonly was: string | null;
  readonly now: string | null;
  readonly why: readonly string[];
  readonly outcome:
    | 'planned'
    | 'deployed'
    | 'restarted'
    | 'rolled back'
    | 'failed'
    | 'failed, undone'
    | 'undone'
    | 'undo failed'
    | 'not reached'
    | 'not known';
  readonly built: boolean;
  readonly restarted: boolean;
  readonly healthy: boolean;
  /** From the first of its steps to the last. */
  readonly seconds: number | null;
}

export interface RunFailure {
  readonly phase: string;
  readonly service: string | null;
  readonly reason: string;
  /** The last log lines of the unit, or of the build, oldest first. */
  readonly log: readonly string[];
  /** What could not be undone. */
  readonly left: string | null;
}
