import { WORKSPACE } from '../../deploy/build-steps.js';
import { harmless } from '../../text.js';
import { count } from '../figures.js';
import type { Item, PhaseEntry } from './run-model.js';

/** Returns what is being done in a part of the run that is under way. */
export function runningText({ phase, items, total, again }: PhaseEntry): string {
  switch (phase) {
    case 'look':
      return again ? 'looking at the host again, under the lock' : 'looking at the host';
    case 'lock':
      return 'taking the lock';
    case 'adopt':
      return 'making the checkout into a release; each path stays, as a link';
    case 'prepare':
      return 'making the new release';
    case 'build':
      return tally(items, 'built', total);
    case 'hook':
      return 'the hook beforeSwitch runs';
    case 'switch':
      return tally(items, 'well', total);
    case 'undo':
      return ['taking back what was switched', tally(items, 'well', total)].filter((part) => part !== '').join(', ');
    case 'record':
      return 'writing it into the ledger';
    case 'prune':
      return 'deleting old releases';
    case 'after':
      return 'the hook afterDeploy runs';
  }
}

/** Returns what a part of the run that is over has done, with the names of at most so many services, else their number. */
export function endedText({ phase, items }: PhaseEntry, names: number): string {
  switch (phase) {
    case 'look':
      return 'looked at the host';
    case 'lock':
      return 'lock taken';
    case 'adopt':
      return 'the checkout is a release now';
    case 'prepare':
      return 'new release made';
    case 'build':
      return items.length === 0 ? 'nothing had to be built' : `${namesOf(items, names)} built`;
    case 'hook':
      return 'the hook beforeSwitch is done';
    case 'switch':
      return items.length === 0 ? 'links changed, no service restarted' : `${namesOf(items, names)} restarted and well`;
    case 'undo':
      return 'all is as it was before';
    case 'record':
      return 'recorded in the ledger';
    case 'prune':
      return 'old releases deleted';
    case 'after':
      return 'the hook afterDeploy is done';
  }
}

/** Returns what went wrong in a part of the run: which of its services, else why it failed. */
export function failedText({ phase, items, detail }: PhaseEntry): string {
  const names = items.filter(({ step }) => step === 'failed').map(({ name }) => name);
  if (names.length === 0) return harmless((detail ?? '').split('\n')[0] ?? '');
  return phase === 'undo' ? `not all could be taken back: ${names.join(', ')}` : names.join(', ');
}

/** Returns what a service, or a build, is waited for. */
export function itemText({ step, detail }: Item): string {
  const more = detail === '' ? '' : `: ${harmless(detail)}`;
  switch (step) {
    case 'building':
      return 'building';
    case 'built':
      return 'built';
    case 'restarting':
      return `restarting${more}`;
    case 'checking':
      return 'waiting for it to answer';
    case 'watching':
      return 'healthy, watching for 3 s';
    case 'well':
      return 'well';
    case 'failed':
      return `failed${more}`;
  }
}

/** "12 of 19 well"; empty where there is nothing to count yet. */
function tally(items: readonly Item[], step: Item['step'], total: number | undefined): string {
  const done = items.filter((item) => item.step === step && item.name !== WORKSPACE).length;
  if (total !== undefined) return total === 0 ? '' : `${done} of ${total} ${step}`;
  return done === 0 ? '' : `${done} ${step}`;
}

function namesOf(items: readonly Item[], most: number): string {
  const services = items.filter(({ name }) => name !== WORKSPACE);
  if (services.length > most) return count(services.length, 'service');
  return (services.length === 0 ? items : services).map(({ name }) => name).join(', ');
}
