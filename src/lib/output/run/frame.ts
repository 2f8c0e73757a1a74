import { harmless } from '../../text.js';
import { seconds } from '../figures.js';
import type { Palette } from '../palette.js';
import { fit, wrapped } from '../text.js';
import {
  isRunning,
  isSettled,
  type Entry,
  type HostModel,
  type Item,
  type PhaseEntry,
  type RunModel,
} from './run-model.js';
import { endedText, failedText, itemText, runningText } from './words.js';

/** What a picture of a run is drawn with. */
export interface FrameOptions {
  readonly palette: Palette;
  readonly width: number | undefined;
  /** Lines there is room for; undefined: any number. */
  readonly height: number | undefined;
  /** The glyph of what is under way. */
  readonly spinner: string;
  /** By the clock of the model. */
  readonly now: number;
}

/** How much is left out, from nothing to nearly all; the first that fits is drawn. */
interface Density {
  /** Lines of services below a part of the run. */
  readonly items: number;
  /** Parts that are over share one line. */
  readonly folded: boolean;
  /** A line for each host, and no more. */
  readonly oneLine: boolean;
}

const densities: readonly Density[] = [
  { items: 8, folded: false, oneLine: false },
  { items: 5, folded: true, oneLine: false },
  { items: 2, folded: true, oneLine: false },
  { items: 0, folded: true, oneLine: false },
  { items: 0, folded: true, oneLine: true },
];

/** So few services are named on the line of their part. */
const NAMES = 3;
const LABEL_WIDTH = 8;
const TIME_WIDTH = 6;

/** Returns the lines of a run as it is at this moment, of which there are at most `height`. */
export function frameLines(model: RunModel, options: FrameOptions): string[] {
  const { height = Infinity, width, palette } = options;
  const hosts = model.hosts.filter(({ entries }) => entries.length > 0);
  const pictures = densities.map((density) =>
    hosts.flatMap((host) => hostLines(host, density, model.hosts.length > 1, options)),
  );
  const lines = pictures.find((picture) => picture.length <= height) ?? pictures.at(-1) ?? [];
  const left = lines.length - height;
  const shown = left <= 0 ? lines : [...lines.slice(0, height - 1), palette.quiet(` … ${left + 1} more`)];
  return shown.map((line) => fit(line, width));
}

function hostLines(host: HostModel, density: Density, isOneOfMany: boolean, options: FrameOptions): string[] {
  const { strong } = options.palette;
  const { entries } = host;
  if (density.oneLine) {
    const entry = entries.findLast(isRunning) ?? entries.findLast((one) => one.type === 'phase');
    return entry === undefined ? [] : [phaseLine(entry, options, strong(host.name))];
  }
  const title = isOneOfMany ? [strong(host.name)] : [];
  if (!density.folded) return [...title, ...entries.flatMap((entry) => entryLines(entry, density, options))];
  const isPast = (entry: Entry): entry is PhaseEntry => entry.type === 'phase' && entry.state === 'ended';
  const past = entries.filter(isPast);
  const rest = entries.filter((entry) => !isPast(entry));
  return [
    ...title,
    ...(past.length === 0 ? [] : [foldedLine(past, options)]),
    ...rest.flatMap((entry) => entryLines(entry, density, options)),
  ];
}

function entryLines(entry: Entry, { items }: Density, options: FrameOptions): string[] {
  if (entry.type === 'note') {
    const { palette, width } = options;
    const noteLines = (glyph: string): string[] => wrapped(`${glyph} ${harmless(entry.text)}`, width, ' ');
    if (entry.tone === 'plain') return noteLines(palette.glyphs.dot);
    const [glyph, paint] =
      entry.tone === 'bad' ? [palette.glyphs.bad, palette.bad] : [palette.glyphs.caution, palette.caution];
    return noteLines(glyph).map(paint);
  }
  return [phaseLine(entry, options), ...itemLines(entry, items, options)];
}

function phaseLine(entry: PhaseEntry, options: FrameOptions, host = ''): string {
  const { palette, now } = options;
  const time = seconds(((entry.ended ?? now) - entry.began) / 1000).padStart(TIME_WIDTH);
  const label = `${host}${host === '' ? '' : '  '}${entry.phase.padEnd(LABEL_WIDTH)}`;
  const text = phaseText(entry);
  return ` ${glyphOf(entry.state, options)} ${label} ${palette.quiet(time)}${text === '' ? '' : `  ${text}`}`;
}

function phaseText(entry: PhaseEntry): string {
  switch (entry.state) {
    case 'running':
      return runningText(entry);
    case 'ended':
      return endedText(entry, NAMES);
    case 'failed':
      return entry.phase === 'undo' ? failedText(entry) : `failed: ${failedText(entry)}`;
    case 'stopped':
      return 'stopped';
  }
}

function foldedLine(past: readonly PhaseEntry[], { palette }: FrameOptions): string {
  const { good, quiet, glyphs } = palette;
  const time = past.reduce((sum, { began, ended }) => sum + (ended ?? began) - began, 0) / 1000;
  return ` ${good(glyphs.good)} ${past.map(({ phase }) => phase).join(', ')}  ${quiet(seconds(time))}`;
}

/** Those that failed and those that are under way; the others are in the number that their part's line tells. */
function itemLines(entry: PhaseEntry, most: number, options: FrameOptions): string[] {
  const { palette, now } = options;
  const order: readonly Item['step'][] = ['failed', 'building', 'restarting', 'checking', 'watching'];
  const open = entry.items
    .filter((item) => item.step === 'failed' || (entry.state === 'running' && !isSettled(item)))
    .toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
  if (open.length === 0 || most === 0) return [];
  // A line that says "1 more" has room for that one itself.
  const shown = open.length <= most ? open : open.slice(0, most - 1);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map((item) => {
    const hasFailed = item.step === 'failed';
    const glyph = glyphOf(hasFailed ? 'failed' : 'running', options);
    const time = hasFailed ? '' : `  ${palette.quiet(seconds((now - item.since) / 1000))}`;
    return `     ${glyph} ${item.name.padEnd(width)}  ${itemText(item)}${time}`;
  });
  const more = open.slice(shown.length);
  if (more.length === 0) return lines;
  const areWatched = more.every(({ step }) => step === 'watching');
  return [
    ...lines,
    palette.quiet(`       and ${more.length} more${areWatched ? ' that are healthy, and watched' : ''}`),
  ];
}

function glyphOf(state: PhaseEntry['state'], { palette, spinner }: FrameOptions): string {
  const { good, bad, caution, link, glyphs } = palette;
  switch (state) {
    case 'running':
      return link(spinner);
    case 'ended':
      return good(glyphs.good);
    case 'failed':
      return bad(glyphs.bad);
    case 'stopped':
      return caution(glyphs.caution);
  }
}
