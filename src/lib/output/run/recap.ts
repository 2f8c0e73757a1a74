import type { RunReport, ServiceRunReport } from '../../deploy/report.js';
import { seconds } from '../figures.js';
import type { Palette } from '../palette.js';
import { tableLines, type Column } from '../table.js';
import { fit } from '../text.js';
import { releaseCommit, type ReportView } from './parts.js';

interface Row {
  readonly host: string;
  readonly service: ServiceRunReport;
  readonly outcome: Outcome;
}

type Outcome = ServiceRunReport['outcome'];

/** Returns the table of the services that a run was about: what each was, is now, and what was done with it. */
export function recapLines({ hosts }: RunReport, { width, palette }: ReportView): string[] {
  const rows = hosts.flatMap((host) =>
    host.services.map((service): Row => ({ host: host.name, service, outcome: service.outcome })),
  );
  if (rows.length === 0) return [];
  const [titles = '', ...lines] = tableLines(columns(rows, hosts.length > 1, palette), width);
  return [fit(palette.quiet(titles), width), ...lines.map((line) => fit(line, width))];
}

/** On a narrow screen those that the result already implies go first. */
function columns(rows: readonly Row[], isOneOfMany: boolean, palette: Palette): Column[] {
  const { none, unknown } = palette.glyphs;
  const cells = (cell: (service: ServiceRunReport) => string): string[] => rows.map(({ service }) => cell(service));
  const commit = (release: string | null): string => (release === null ? none : releaseCommit(release));
  const yes = (is: boolean): string => (is ? 'yes' : none);
  const ifKnown = (cell: (service: ServiceRunReport) => string): string[] =>
    rows.map(({ service, outcome }) => (outcome === 'not known' ? unknown : cell(service)));
  return [
    { title: '  ', cells: rows.map(({ outcome }) => ` ${glyph(outcome, palette)}`) },
    ...(isOneOfMany ? [{ title: 'HOST', cells: rows.map(({ host }) => host) }] : []),
    { title: 'SERVICE', cells: cells(({ name }) => name) },
    { title: 'RESULT', cells: rows.map(({ outcome }) => resultCell(outcome, palette)) },
    { title: 'WAS', cells: cells(({ was }) => commit(was)), leaveOut: 2 },
    { title: 'NOW', cells: ifKnown(({ now }) => commit(now)), leaveOut: 1 },
    { title: 'BUILT', cells: cells(({ built }) => yes(built)), leaveOut: 3 },
    { title: 'RESTART', cells: cells(({ restarted }) => yes(restarted)), leaveOut: 4 },
    { title: 'HEALTHY', cells: ifKnown((service) => healthyCell(service, palette)) },
    { title: 'TOOK', cells: cells((service) => tookCell(service, none)), align: 'right' },
  ];
}

function tookCell({ seconds: span }: ServiceRunReport, none: string): string {
  if (span === null) return none;
  return span < 60 ? seconds(span) : `${Math.round(span)} s`;
}

function healthyCell({ restarted, healthy }: ServiceRunReport, { bad, glyphs }: Palette): string {
  if (!restarted) return glyphs.none;
  return healthy ? 'yes' : bad('no');
}

function glyph(outcome: Outcome, { good, bad, caution, quiet, glyphs }: Palette): string {
  switch (outcome) {
    case 'deployed':
    case 'restarted':
    case 'rolled back':
      return good(glyphs.good);
    case 'failed':
    case 'failed, undone':
    case 'undo failed':
      return bad(glyphs.bad);
    case 'undone':
      return caution(glyphs.caution);
    case 'not known':
      return caution(glyphs.unknown);
    case 'planned':
    case 'not reached':
      return quiet(glyphs.none);
  }
}

function resultCell(outcome: Outcome, { bad, caution }: Palette): string {
  if (outcome.includes('failed')) return bad(outcome);
  return outcome === 'undone' || outcome === 'not known' ? caution(outcome) : outcome;
}
