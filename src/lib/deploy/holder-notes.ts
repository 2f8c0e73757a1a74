import type { HolderObserver } from '../holder/outcomes.js';
import { holderInWords } from '../holder/lock-holder.js';
import type { HostRun } from './host-run.js';

/** Returns what passes on what a holder tells of itself, as events of the run. */
export function holderNotes(run: HostRun): HolderObserver {
  const { name: host } = run.host;
  const note = (text: string, tone: 'plain' | 'caution' | 'bad' = 'caution'): void => {
    run.emit({ type: 'note', host, tone, text });
  };
  return {
    waiting: (holder) => {
      note(`waiting for the lock: ${holderInWords(holder)}`);
    },
    recovering: () => {
      note('an earlier run left a switch unfinished: taking it back first');
    },
    recovered: (result) => {
      if (result === 'undo-failed') note('what an earlier run left could not all be taken back', 'bad');
      else
        note(
          result === 'ok' ? 'an earlier run was finished' : 'an earlier run had been interrupted; all is as before it',
          'plain',
        );
    },
    service: (progress) => {
      const seen = run.progress.get(progress.name);
      const at = performance.now();
      run.progress.set(progress.name, { last: progress, began: seen?.began ?? at, ended: at });
      run.emit({ type: 'service', host, progress });
    },
    stopping: () => {
      note(run.result === 'ok' ? 'stopping …' : 'stopping, and taking back what was switched …', 'plain');
    },
  };
}
