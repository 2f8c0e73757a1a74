import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';
import { parseJournalLine } from '../systemd/journal.js';
import { parseShow, stateProperties } from '../systemd/show.js';
import { telltaleLines } from '../systemd/telltale.js';
import { judgeUnit } from '../systemd/unit-state.js';

/** Why a unit is not well, as far as its host can tell. */
export interface Evidence {
  /** How it ended, in words; undefined where it runs. */
  readonly reason: string | undefined;
  /** The lines of its log that say most, oldest first. */
  readonly log: readonly string[];
}

/** Returns the command that prints what a host knows of a unit since a time of its own clock: see parseEvidence. */
export function evidenceCommand(unit: string, since: Date): Command {
  const seconds = String(Math.floor(since.getTime() / 1000));
  return programCommand(hostProgram('evidence.sh', import.meta.url), unit, stateProperties.join(','), seconds);
}

/** Returns what `evidence.sh` printed, judged at the time `now` of the host's clock. */
export function parseEvidence(output: string, now: Date): Evidence {
  const [properties = '', journal = ''] = output.split('\x1e\n');
  const [unit = {}] = parseShow(properties);
  const { state, reason, pid } = judgeUnit(unit, now);
  const entries = journal.split('\n').flatMap((line) => parseJournalLine(line) ?? []);
  return { reason: state === 'up' ? undefined : reason, log: telltaleLines(entries, unit, state, pid) };
}
