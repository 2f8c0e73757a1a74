import type { RunReport } from '../../deploy/report.js';
import { harmless } from '../../text.js';
import { paletteFor } from '../palette.js';
import type { Terminal } from '../terminal.js';
import { failureLines } from './failure.js';
import { cautionLines, unchangedLines, type ReportView } from './parts.js';
import { recapLines } from './recap.js';
import { hostSummaryLines, summaryLines } from './summary.js';
import { renderPlan } from './plan.js';

export interface ReportOptions {
  /** The id of the state before the run: a rollback to it takes the run back. */
  readonly undoWith?: string;
}

/** Returns what came of a run for a person to read, without a final newline: what failed first, the outcome last. */
export function renderRunReport(report: RunReport, terminal: Terminal, options: ReportOptions = {}): string {
  if (report.result === 'planned') return renderPlan(report, terminal);
  const view: ReportView = { width: terminal.width, palette: paletteFor(terminal) };
  const { hosts } = report;
  const recap = recapLines(report, view);
  const [only] = hosts;
  const unchanged = recap.length > 0 && hosts.length === 1 && only ? unchangedLines(only, view) : [];
  const blocks = [
    failureLines(report, view),
    [...recap, ...unchanged],
    cautionLines([...new Set(hosts.flatMap(({ notes, warnings }) => [...notes, ...warnings]))], view),
    [
      ...logLines(report, view),
      ...undoLines(report, options, view),
      ...hostSummaryLines(report, view),
      ...summaryLines(report, view),
    ],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Where the whole log is: a path to copy, so it is not broken. */
function logLines({ hosts }: RunReport, { palette }: ReportView): string[] {
  const paths = [...new Set(hosts.flatMap(({ log }) => (log === null ? [] : [log])))];
  return paths.map((path) => {
    const names = hosts.filter(({ log }) => log === path).map(({ name }) => name);
    return palette.quiet(`the whole log: ${harmless(path)} on ${names.join(', ')}`);
  });
}

function undoLines({ environment, result }: RunReport, { undoWith }: ReportOptions, { palette }: ReportView): string[] {
  if (result !== 'ok' || undoWith === undefined) return [];
  return [palette.quiet(`to take it back: paka rollback ${environment} --to ${harmless(undoWith)}`)];
}
