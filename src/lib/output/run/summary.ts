import type { HostRunReport, RunReport } from '../../deploy/report.js';
import { harmless } from '../../text.js';
import { count, seconds } from '../figures.js';
import type { Palette } from '../palette.js';
import { wrapped } from '../text.js';
import { commitInWords, partlyText, shortCommit, type ReportView } from './parts.js';

/** Returns the last line of a run: what it came to. */
export function summaryLines(report: RunReport, { width, palette }: ReportView): string[] {
  const glyph = summaryGlyph(report, palette);
  return wrapped(`${glyph} ${palette.strong(report.environment)}  ${summaryText(report)}`, width, '');
}

/** Returns a line for each host of several that did not all come to the same. */
export function hostSummaryLines({ hosts }: RunReport, { width, palette }: ReportView): string[] {
  if (hosts.every(({ result }) => result === hosts[0]?.result)) return [];
  return hosts.flatMap(({ name, result }) =>
    wrapped(`${resultGlyph(result, palette)} ${name}: ${hostText(result)}`, width, ' '),
  );
}

function summaryGlyph(report: RunReport, palette: Palette): string {
  // A hook that failed after all was deployed.
  if (report.result === 'ok' && !report.ok) return palette.caution(palette.glyphs.caution);
  return resultGlyph(report.result, palette);
}

function resultGlyph(result: RunReport['result'], { good, bad, caution, glyphs }: Palette): string {
  switch (result) {
    case 'ok':
    case 'nothing to do':
    case 'planned':
      return good(glyphs.good);
    case 'interrupted':
      return caution(glyphs.caution);
    case 'failed':
    case 'rolled-back':
    case 'undo-failed':
      return bad(glyphs.bad);
  }
}

function summaryText(report: RunReport): string {
  const { environment, kind, result } = report;
  const run = `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${shortCommit(report.to)}`;
  switch (result) {
    case 'ok':
      return okText(report);
    case 'nothing to do':
      return `nothing to do: ${shortCommit(report.to)} runs${partlyText(report)}`;
    case 'planned':
      return 'nothing was changed';
    case 'failed':
      return `${run} failed, and nothing was switched: ${why(report)}`;
    case 'rolled-back':
      return `${run} failed and was undone: ${why(report)}`;
    case 'undo-failed':
      return `${run} failed and could not all be undone: ${left(report) ?? why(report)}`;
    case 'interrupted':
      return `${run} was cut off: the host takes back by itself what was not finished; paka status ${environment} shows it`;
  }
}

function okText(report: RunReport): string {
  const { kind, ok, hosts } = report;
  const names = new Set(hosts.flatMap(({ services }) => services.map(({ name }) => name)));
  const services = names.size === 0 ? 'no service restarted' : count(names.size, 'service');
  const places = hosts.length > 1 ? ` on ${count(hosts.length, 'host')}` : partlyText(report);
  const done = `${kind === 'deploy' ? 'deployed' : 'rolled back to'} ${commitInWords(report)}`;
  return `${done}: ${services}${places}, ${seconds(report.seconds)}${ok ? '' : `; but ${why(report)}`}`;
}

/** The cause in one line; what shows it stands above. */
function why({ reason, hosts }: RunReport): string {
  const text = reason ?? hosts.find(({ failure }) => failure !== null)?.failure?.reason ?? 'the reason is not known';
  return harmless(text.split('\n')[0] ?? '', 300);
}

function left({ hosts }: RunReport): string | undefined {
  const texts = hosts.flatMap(({ failure }) => (failure?.left == null ? [] : [failure.left]));
  return texts.length === 0 ? undefined : harmless(texts.join('; '), 300);
}

function hostText(result: HostRunReport['result']): string {
  switch (result) {
    case 'ok':
      return 'done';
    case 'nothing to do':
      return 'nothing to do';
    case 'planned':
      return 'planned';
    case 'failed':
      return 'failed, nothing was switched';
    case 'rolled-back':
      return 'undone';
    case 'undo-failed':
      return 'could not all be undone';
    case 'interrupted':
      return 'cut off';
  }
}
