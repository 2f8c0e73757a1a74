import { PakaError } from '../errors.js';
import type { LockHolder } from './lock-holder.js';

export interface TakeOptions {
  readonly root: string;
  /** Names the run, in the ledger and its log on the host. */
  readonly id: string;
  /** Written into the lock, for those who find it held. */
  readonly who: string;
  readonly run: string | null;
  readonly kind: string;
  /** Relative to root: its values are kept out of every log. */
  readonly envFile: string;
  /** Seconds to wait for a lock that is held. */
  readonly waitSeconds: number;
  readonly observer?: HolderObserver;
}

export interface HolderObserver {
  /** The lock is held by somebody else, and is waited for. */
  waiting?(holder: LockHolder): void;
  /** A switch that an ended run left unfinished is being taken back. */
  recovering?(): void;
  /** It was, and with what result. */
  recovered?(result: string): void;
  /** A service got further: see ServiceProgress. */
  service?(progress: ServiceProgress): void;
  /** The run was told to stop and is taking back what it did. */
  stopping?(): void;
}

export interface ServiceProgress {
  readonly name: string;
  readonly step: 'restarting' | 'checking' | 'watching' | 'well' | 'failed';
  readonly detail: string;
  /** It is being taken back. */
  readonly undoing: boolean;
}

export interface StepOptions {
  readonly input?: string;
  readonly kind?: 'text' | 'shown' | 'raw';
}

export interface StepOutcome {
  readonly code: number;
  /** Both streams; of what is no data the last 256 KiB. */
  readonly output: string;
}

export type SwitchOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Something was flipped, so that there is something to undo. */
      readonly begun: boolean;
      readonly service: string | undefined;
      readonly reason: string;
    };

/** What a run that was stopped leaves: undefined where nothing had to be taken back, or it was; else what is not as it was. */
export interface Ended {
  readonly undone: boolean;
  readonly undoFailures: string | undefined;
}

/** The host stopped the run by itself: it goes down, or somebody ended the program that held the lock. */
export class InterruptedOnHostError extends PakaError {
  constructor(
    readonly host: string,
    readonly ended: Ended,
  ) {
    const undone = ended.undone ? ', which took back what it had switched' : ', with nothing switched';
    super(`${host}: the run was stopped on the host itself${ended.undoFailures === undefined ? undone : ''}`, {
      hint: 'Is the host going down? `paka status` shows how it is; running the same again finishes the work.',
    });
  }
}
