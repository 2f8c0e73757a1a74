import type { HostHistory } from '../deploy/history.js';
import type { Run } from '../deploy/ledger.js';
import { harmless } from '../text.js';
import { duration, seconds } from './figures.js';
import { paletteFor, type Palette } from './palette.js';
import { tableLines, type Column } from './table.js';
import type { Terminal } from './terminal.js';
import { fit, wrapped } from './text.js';

export interface HistoryOptions {
  /** Only what a rollback can go to, with the present state and the next one back marked. */
  readonly rollbackTargets?: boolean;
}

interface HistoryView {
  readonly width: number | undefined;
  readonly palette: Palette;
  readonly now: Date;
  readonly rollbackTargets: boolean;
}

const DETAIL_INDENT = '     ';

/** Returns the runs of each host for a person to read, newest first, without a final newline. */
export function renderHistory(
  hosts: readonly HostHistory[],
  terminal: Terminal,
  now: Date,
  { rollbackTargets = false }: HistoryOptions = {},
): string {
  const view = { width: terminal.width, palette: paletteFor(terminal), now, rollbackTargets };
  return hosts
    .map((host) => {
      const title = hosts.length > 1 ? [view.palette.strong(host.name)] : [];
      return [...title, ...hostLines(host, view)].join('\n');
    })
    .join('\n\n');
}

function hostLines(host: HostHistory, view: HistoryView): string[] {
  const { width, palette, rollbackTargets } = view;
  const isShown = ({ id, outcome }: Run): boolean => !rollbackTargets || (outcome === 'ok' && host.good.includes(id));
  const runs = host.runs.filter(isShown).toReversed();
  if (runs.length === 0)
    return [palette.quiet(rollbackTargets ? 'no good deploy to go back to' : 'nothing was deployed with paka yet')];
  const [titles = '', ...rows] = tableLines(columns(runs, host, view), width);
  return [
    fit(palette.quiet(titles), width),
    ...rows.flatMap((row, index) => [fit(row, width), ...reasonLines(runs[index], view)]),
  ];
}

function columns(runs: readonly Run[], { good }: HostHistory, view: HistoryView): Column[] {
  const { width = Infinity, palette, now, rollbackTargets } = view;
  const { none, arrow } = palette.glyphs;
  const cells = (cell: (run: Run) => string): string[] => runs.map(cell);
  const mark = ({ id }: Run): string =>
    id === good.at(-1) ? 'present' : id === good.at(-2) ? palette.strong('next rollback') : '';
  return [
    { title: '  ', cells: cells((run) => ` ${glyph(run, palette)}`) },
    { title: 'ID', cells: cells(({ id }) => harmless(id)) },
    { title: 'AGO', cells: cells(({ at }) => duration((now.getTime() - Date.parse(at)) / 1000)), align: 'right' },
    { title: 'WHO', cells: cells(({ who }) => harmless(who, width < 100 ? 16 : 30)) },
    ...(rollbackTargets
      ? [{ title: 'STATE', cells: cells(mark) }]
      : [
          { title: 'KIND', cells: cells(({ kind, adopted }) => (adopted ? 'adoption' : harmless(kind))), leaveOut: 1 },
          { title: 'RESULT', cells: cells((run) => resultCell(run, palette)) },
        ]),
    {
      title: 'TOOK',
      cells: cells((run) => tookCell(run, none)),
      align: 'right',
      leaveOut: 3,
    },
    // The id ends with the commit that a run went to.
    { title: 'COMMIT', cells: cells(({ from, to }) => commits(from, to, arrow)), leaveOut: 2 },
  ];
}

function commits(from: string, to: string, arrow: string): string {
  const [before, after] = [from, to].map((commit) => harmless(commit.slice(0, 7)));
  return before === '' || before === after ? (after ?? '') : `${before ?? ''} ${arrow} ${after ?? ''}`;
}

/** Of a run without an end nobody knows. */
function tookCell({ event, adopted, began, at }: Run, none: string): string {
  return event === 'start' || adopted ? none : seconds((Date.parse(at) - Date.parse(began)) / 1000);
}

function glyph({ outcome }: Run, { good, bad, caution, glyphs }: Palette): string {
  switch (outcome) {
    case 'ok':
      return good(glyphs.good);
    case 'running':
    case 'interrupted':
      return caution(glyphs.caution);
    case 'failed':
    case 'rolled-back':
    case 'undo-failed':
      return bad(glyphs.bad);
  }
}

function resultCell({ outcome }: Run, { bad, caution }: Palette): string {
  switch (outcome) {
    case 'ok':
      return 'ok';
    case 'running':
      return caution('running');
    case 'interrupted':
      return caution('interrupted');
    case 'failed':
      return bad('failed');
    case 'rolled-back':
      return bad('undone');
    case 'undo-failed':
      return bad('not undone');
  }
}

function reasonLines(run: Run | undefined, { width, palette }: HistoryView): string[] {
  if (run?.reason == null || run.reason === '' || run.outcome === 'ok') return [];
  const text = harmless(run.reason.replaceAll(/\s*\n\s*/g, ' / '), 300);
  return wrapped(text, width, DETAIL_INDENT).map(palette.quiet);
}
