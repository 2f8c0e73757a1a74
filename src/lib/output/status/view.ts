import type { HostReport } from '../../status/report.js';
import type { Palette } from '../palette.js';

/** How a status is to be shown; every part of it is drawn from this and the report alone. */
export interface StatusView {
  /** Columns to fit into; undefined where lines may have any length. */
  readonly width: number | undefined;
  readonly palette: Palette;
  /** The time here: for hosts that told no time of their own. */
  readonly now: Date;
  /** Leave out what is well. */
  readonly faultsOnly: boolean;
}

/** What is said about a row stands below it, this far in. */
export const DETAIL_INDENT = '     ';

/** Returns how long ago a moment was on a host, in seconds, by the host's own clock. */
export function secondsAgo(moment: string, host: HostReport, view: StatusView): number {
  const now = host.time === undefined ? view.now.getTime() : Date.parse(host.time);
  return (now - Date.parse(moment)) / 1000;
}
