import type { HostRunReport, RunReport } from '../../deploy/report.js';
import { harmless } from '../../text.js';
import { count } from '../figures.js';
import type { Palette } from '../palette.js';
import { wrapped } from '../text.js';

/** How a run's plan and report are shown. */
export interface ReportView {
  readonly width: number | undefined;
  readonly palette: Palette;
}

/** What is said about a line stands below it, this far in. */
export const DETAIL_INDENT = '     ';

/** Returns a commit as people write it. */
export function shortCommit(commit: string): string {
  return harmless(commit.slice(0, 7));
}

/** Returns the commit that a release was made of: its id ends with it. */
export function releaseCommit(release: string): string {
  return shortCommit(release.slice(release.lastIndexOf('-') + 1));
}

/** Returns `71039f7 "Round refunds half up"`, or the commit alone where its subject is not known. */
export function commitInWords({ to, subject }: Pick<RunReport, 'to' | 'subject'>): string {
  const text = harmless(subject, 100);
  return text === '' ? shortCommit(to) : `${shortCommit(to)} "${text}"`;
}

/** Returns the lines of what is worth knowing before and after a run. */
export function cautionLines(texts: readonly string[], { width, palette }: ReportView): string[] {
  const { caution, glyphs } = palette;
  return texts.flatMap((text) => wrapped(`${glyphs.caution}  ${harmless(text)}`, width, ' ').map(caution));
}

/** Returns "17 services unchanged", or nothing where none is. */
export function unchangedLines({ unchanged }: HostRunReport, { palette }: ReportView): string[] {
  return unchanged.length === 0 ? [] : [palette.quiet(`    ${count(unchanged.length, 'service')} unchanged`)];
}

/** Returns how many of an environment's hosts a run was about, where it was not all. */
export function partlyText({ hosts, hostsInAll }: RunReport): string {
  return hostsInAll === undefined ? '' : `, on ${hosts.length} of ${count(hostsInAll, 'host')}`;
}
