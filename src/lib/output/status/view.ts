import type { Palette } from '../palette.js';

/** How a status is to be shown; every part of it is drawn from this and the report alone. */
export interface StatusView {
  /** Columns to fit into; undefined where lines may have any length. */
  readonly width: number | undefined;
  readonly palette: Palette;
  /** The moment that ages are counted from. */
  readonly now: Date;
  /** Leave out what is well. */
  readonly faultsOnly: boolean;
}

/** What is said about a row stands below it, this far in. */
export const DETAIL_INDENT = '     ';

/** Returns how long ago a moment was, in seconds. */
export function secondsAgo(moment: string, now: Date): number {
  return (now.getTime() - Date.parse(moment)) / 1000;
}
