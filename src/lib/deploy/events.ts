import type { ServiceProgress } from '../holder/outcomes.js';

/** The parts of a run, in their order. */
export const phases = [
  'look',
  'lock',
  'adopt',
  'prepare',
  'build',
  'hook',
  'switch',
  'undo',
  'record',
  'prune',
  'after',
] as const;
export type Phase = (typeof phases)[number];

/** What a run tells while it goes on. Times are milliseconds of this machine's clock. */
export type RunEvent =
  | {
      readonly type: 'phase';
      readonly host: string;
      readonly phase: Phase;
      readonly state: 'began' | 'ended' | 'failed';
      readonly detail?: string;
      /** At its begin: how many services it is about. */
      readonly total?: number;
    }
  | {
      readonly type: 'build';
      readonly host: string;
      readonly name: string;
      readonly state: 'began' | 'ended' | 'failed';
      readonly detail?: string;
    }
  | { readonly type: 'service'; readonly host: string; readonly progress: ServiceProgress }
  | { readonly type: 'note'; readonly host: string; readonly tone: 'plain' | 'caution' | 'bad'; readonly text: string };

export type Emit = (event: RunEvent) => void;
