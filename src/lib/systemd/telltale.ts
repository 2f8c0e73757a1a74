import { exitStatusInWords, signalName } from './exit-status.js';
import type { JournalEntry } from './journal.js';
import { parseTimestamp, type UnitProperties } from './show.js';
import type { ServiceState } from './unit-state.js';

const LINES = 5;
/** The child that becomes the service may write its first line before systemd takes the time of its start. */
const START_SLACK_MS = 100;
/** What only fills the end of a crash's output: brackets, the caret under a source line, Node's own version. */
const FILLER = /^\s*(?:[}\])]+[;,]?|\^+|~+\^?~*|Node\.js v\S+)?\s*$/;
/** What systemd says of every start and every end: the state and its reason say that already. */
const ROUTINE =
  /^(?:Start|Stopp)(?:ing|ed) |: (?:Main process exited|Failed with result|Scheduled restart job|Deactivated|Consumed) ?/;
/** Where a reason begins: Node's, Python's and Java's errors, Go's panics. */
const REASON = /^\S*(?:Error|Exception)\b|^(?:panic|fatal(?: error)?|Traceback\b.*):?/i;

/**
 * Returns the few lines of a service's log that say why it is not well, oldest first. They are of its last run; of a
 * service that crash-loops, of the last run that ended. Where it wrote nothing, they are systemd's about it.
 */
export function telltaleLines(
  journal: readonly JournalEntry[],
  unit: UnitProperties,
  state: ServiceState,
  pid: number | undefined,
): string[] {
  const about = journal.filter((entry) => entry.unit === unit['Id']);
  const started = parseTimestamp(unit['ExecMainStartTimestamp']);
  const from = started === undefined ? -Infinity : started.getTime() - START_SLACK_MS;
  const ofThisStart = about.filter((entry) => entry.time.getTime() >= from);
  const own = state === 'crash-looping' ? lastEndedRun(about, pid) : ofThisStart.filter((entry) => !entry.fromSystemd);
  const entries = own.length > 0 ? own : about.filter((entry) => !ROUTINE.test(entry.message));
  return pick(entries.toReversed().flatMap((entry) => entry.message.split('\n')));
}

/** Returns how the last run that ended did so, by systemd's line about it; undefined where the journal has none. */
export function lastEnd(journal: readonly JournalEntry[], unit: UnitProperties): string | undefined {
  for (const { unit: id, fromSystemd, message } of journal) {
    if (id !== unit['Id'] || !fromSystemd) continue;
    const match = /Main process exited, code=(exited|killed|dumped), status=(\d+)\//.exec(message);
    if (!match) continue;
    const status = Number(match[2]);
    return match[1] === 'exited' ? exitStatusInWords(status) : `killed by ${signalName(status)}`;
  }
  return undefined;
}

function lastEndedRun(about: readonly JournalEntry[], running: number | undefined): JournalEntry[] {
  const ended = about.filter((entry) => !entry.fromSystemd && (running === undefined || entry.pid !== running));
  return ended.filter((entry) => entry.pid === ended[0]?.pid);
}

/** The last lines, or those from the reason on where it stands further up. Of stack frames, the first two say enough. */
function pick(lines: readonly string[]): string[] {
  let frames = 0;
  const telling = lines.filter((line, index) => {
    frames = /^\s+at /.test(line) ? frames + 1 : 0;
    return !FILLER.test(line) && frames <= 2 && line !== lines[index - 1];
  });
  const reason = telling.findLastIndex((line) => REASON.test(line));
  const last = Math.max(0, telling.length - LINES);
  const from = reason < 0 ? last : Math.min(reason, last);
  return telling.slice(from, from + LINES);
}
