import type { HostRunReport, RunReport, ServiceRunReport } from '../../deploy/report.js';
import stringWidth from 'string-width';
import { harmless } from '../../text.js';
import { count } from '../figures.js';
import { paletteFor } from '../palette.js';
import { tableLines, type Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import { fit, wrapped } from '../text.js';
import {
  cautionLines,
  commitInWords,
  DETAIL_INDENT,
  partlyText,
  releaseCommit,
  shortCommit,
  unchangedLines,
  type ReportView,
} from './parts.js';

/** So many paths are named; of more, their number. */
const PATHS = 6;

/** Returns a plan for a person to decide on, without a final newline; of a dry run with every command. */
export function renderPlan(report: RunReport, terminal: Terminal): string {
  const view: ReportView = { width: terminal.width, palette: paletteFor(terminal) };
  const isOneOfMany = report.hosts.length > 1;
  const lines = [
    ...headerLines(report, view),
    ...report.hosts.flatMap((host) => [
      '',
      ...(isOneOfMany ? [view.palette.strong(host.name)] : []),
      ...hostLines(host, report, view),
    ]),
    ...(report.dryRun ? ['', dryRunLine(report, view)] : []),
  ];
  return lines.join('\n');
}

function headerLines(report: RunReport, { width, palette }: ReportView): string[] {
  const { environment, kind, from, to, who } = report;
  const { strong, quiet, glyphs } = palette;
  const start = from === '' || from === to ? '' : `${shortCommit(from)} ${glyphs.arrow} `;
  const act = kind === 'deploy' ? 'deploy' : 'roll back';
  const by = quiet(`by ${harmless(who, 60)}${partlyText(report)}`);
  return wrapped(`${strong(environment)}  ${act} ${start}${commitInWords(report)}  ${by}`, width, '');
}

function hostLines(host: HostRunReport, report: RunReport, view: ReportView): string[] {
  const { width, palette } = view;
  const adoption = host.adopted
    ? wrapped(
        'The plain checkout becomes a release first: every path stays where it is, as a link into that release.',
        width,
        ' ',
      )
    : [];
  const none = host.services.length === 0 ? [palette.quiet('    no service is restarted')] : [];
  return [
    ...adoption,
    ...serviceLines(host, report, view),
    ...none,
    ...unchangedLines(host, view),
    ...linkLines(host, view),
    ...cautionLines([...host.warnings, ...host.notes], view),
    ...(report.dryRun ? commandLines(host, view) : []),
  ];
}

/** Why a service is touched stands in its row, or below it where the row is too narrow for all of them. */
function serviceLines({ services }: HostRunReport, report: RunReport, view: ReportView): string[] {
  if (services.length === 0) return [];
  const { width, palette } = view;
  const why = services.map((service) => service.why.map((each) => harmless(each)).join(', '));
  const columns = serviceColumns(services, report, view);
  const whole = tableLines([...columns, { title: 'WHY', cells: why }], undefined);
  const fits = width === undefined || whole.every((line) => stringWidth(line) <= width);
  const [titles = '', ...rows] = fits ? whole : tableLines(columns, width);
  return [
    palette.quiet(titles),
    ...rows.flatMap((row, index) => [
      fit(row, width),
      ...(fits || why[index] === '' ? [] : wrapped(why[index] ?? '', width, DETAIL_INDENT).map(palette.quiet)),
    ]),
  ];
}

function serviceColumns(services: readonly ServiceRunReport[], report: RunReport, { palette }: ReportView): Column[] {
  const { none, arrow } = palette.glyphs;
  // The release that a run makes bears its id: what gets another one is not built.
  const builds = ({ now }: ServiceRunReport): boolean => report.kind === 'deploy' && now === report.id;
  const commit = (release: string | null): string => (release === null ? none : releaseCommit(release));
  return [
    { title: '  ', cells: services.map(() => '  ') },
    { title: 'SERVICE', cells: services.map(({ name }) => name) },
    { title: 'WHAT', cells: services.map((service) => (builds(service) ? 'build, restart' : 'restart')) },
    { title: 'COMMIT', cells: services.map(({ was, now }) => `${commit(was)} ${arrow} ${commit(now)}`) },
  ];
}

function linkLines({ links = [] }: HostRunReport, { width, palette }: ReportView): string[] {
  if (links.length === 0) return [];
  const names = links
    .slice(0, PATHS)
    .map(({ path, target }) => `${harmless(path)}${target === undefined ? ' (gone)' : ''}`);
  const more = links.length - names.length;
  const list = more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
  const text = `${count(links.length, 'other path')} linked anew: ${list}`;
  return wrapped(text, width, '    ').map(palette.quiet);
}

/** Each command in a line of its own, to be copied: they are not broken. */
function commandLines({ commands = [] }: HostRunReport, { palette }: ReportView): string[] {
  if (commands.length === 0) return [];
  return ['', palette.quiet(' commands'), ...commands.map((command) => `    ${harmless(command)}`)];
}

function dryRunLine({ environment }: RunReport, { palette }: ReportView): string {
  const { good, strong, glyphs } = palette;
  return `${good(glyphs.good)} ${strong(environment)}  dry run: nothing was changed`;
}
