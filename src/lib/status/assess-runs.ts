import { holderInWords, parseLockHolder } from '../holder/lock-holder.js';
import type { HostFacts } from './facts.js';
import type { LastDeploy } from './report.js';

/** What is to be said of a host's runs: one that is at work, or one that did not come to its end. */
export interface RunRemarks {
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** Judges what the lock and the ledger of a host say of its runs. */
export function assessRuns(environment: string, git: HostFacts['git']): RunRemarks {
  const { lock, unfinished, ledger } = git;
  if (lock !== undefined) return { problems: [], notices: [`at work now: ${holderInWords(parseLockHolder(lock))}`] };
  const again = `paka deploy ${environment}`;
  if (unfinished !== undefined)
    return {
      problems: [`a run was interrupted in the middle of its ${unfinished}; to put that right:\n${again}`],
      notices: [],
    };
  const { event, kind, who, result, reason } = parsed(ledger);
  const run = `the last ${kind ?? 'run'}${who === undefined ? '' : ` (by ${who})`}`;
  if (event === 'start') return { problems: [], notices: [`${run} was interrupted before it switched anything`] };
  if (result === 'interrupted')
    return { problems: [], notices: [`${run} was interrupted: ${reason ?? 'all is as before it'}`] };
  if (result === 'undo-failed')
    return {
      problems: [`${run} failed and could not be undone: ${reason ?? 'see its log under .paka/log'}`],
      notices: [],
    };
  return { problems: [], notices: [] };
}

/** Returns the last deploy: of paka's ledger, or of a checkout that is deployed by `git pull`, the last move of HEAD. */
export function findLastDeploy(git: HostFacts['git']): LastDeploy | undefined {
  if (git['ledger'] !== undefined) return ledgerDeploy(git['ledger']);
  const match = /^\S+ \S+ (.*) <[^>]*> (\d+) [+-]\d{4}(?:\t|$)/.exec(git['reflog'] ?? '');
  return match ? { at: new Date(Number(match[2]) * 1000).toISOString() } : undefined;
}

function ledgerDeploy(line: string): LastDeploy | undefined {
  const { at, who, result } = parsed(line);
  return at === undefined
    ? undefined
    : { at, ...(who !== undefined && { who }), ...(result !== undefined && { result }) };
}

/** The texts of a ledger line; nothing of one that was cut. */
function parsed(line: string | undefined): Partial<Record<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(line ?? '{}') as Record<string, unknown>);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
