import type { RunEvent } from '../../deploy/events.js';
import { harmless } from '../../text.js';
import { seconds } from '../figures.js';
import { paletteFor, type Palette } from '../palette.js';
import type { Terminal } from '../terminal.js';
import {
  advance,
  finish,
  isRunning,
  newRun,
  type HostModel,
  type Item,
  type PhaseEntry,
  type RunModel,
} from './run-model.js';
import { endedText, failedText, itemText, runningText } from './words.js';
import type { RunOutput, RunView } from './view.js';

const LABEL_WIDTH = 8;
/** Parts that may take long: a log that ends here shows where it hangs. */
const toldAtTheirBegin: readonly string[] = ['look', 'adopt', 'hook', 'undo', 'after'];

/** Writes a run as complete lines, for pipes, files and the logs of CI: a line for each thing worth one. */
export class PlainView implements RunView {
  readonly #palette: Palette;
  #model: RunModel;

  constructor(
    private readonly stream: RunOutput,
    terminal: Terminal,
    hosts: readonly string[],
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#palette = paletteFor(terminal);
    this.#model = newRun(hosts);
  }

  emit(event: RunEvent): void {
    const at = this.clock();
    const before = hostOf(this.#model, event.host);
    this.#model = advance(this.#model, event, at);
    const after = hostOf(this.#model, event.host);
    const text = lineText(event, before, after, at, this.#palette);
    if (text !== undefined) this.#write(event.host, labelOf(event, after), text);
  }

  pause(): void {
    // Each line is complete: there is nothing to stop.
  }

  /** Of a run that was stopped, what its host took back: nobody tells that it has. */
  close(): void {
    const { hosts } = finish(this.#model, this.clock());
    for (const host of hosts) {
      const isOpen = hostOf(this.#model, host.name).entries.some((entry) => isRunning(entry) && entry.phase === 'undo');
      const entry = lastPhase(host, 'undo');
      if (isOpen && entry && entry.state !== 'stopped') this.#write(host.name, 'undo', doneText(entry, this.#palette));
    }
  }

  #write(name: string, label: string, text: string): void {
    const { hosts } = this.#model;
    const width = Math.max(...hosts.map((host) => host.name.length));
    const host = hosts.length > 1 ? `${name.padEnd(width)}  ` : '';
    this.stream.write(`${host}${this.#palette.quiet(label.padEnd(LABEL_WIDTH))}  ${text}\n`);
  }
}

function hostOf({ hosts }: RunModel, name: string): HostModel {
  return hosts.find((host) => host.name === name) ?? { name, entries: [], looked: false };
}

/** A note belongs to what is under way. */
function labelOf(event: RunEvent, host: HostModel): string {
  switch (event.type) {
    case 'phase':
      return event.phase;
    case 'build':
      return 'build';
    case 'service':
      return event.progress.undoing ? 'undo' : 'switch';
    case 'note':
      return host.entries.findLast(isRunning)?.phase ?? '';
  }
}

function lineText(
  event: RunEvent,
  before: HostModel,
  after: HostModel,
  at: number,
  palette: Palette,
): string | undefined {
  switch (event.type) {
    case 'note': {
      const { glyphs } = palette;
      const text = harmless(event.text);
      if (event.tone === 'plain') return text;
      const paint = event.tone === 'bad' ? palette.bad : palette.caution;
      return paint(`${event.tone === 'bad' ? glyphs.bad : glyphs.caution} ${text}`);
    }
    case 'phase':
      return phaseText(event, before, after, palette);
    case 'build':
      return itemLine(itemOf(after, 'build', event.name), undefined, at, palette);
    case 'service': {
      const phase = event.progress.undoing ? 'undo' : 'switch';
      const { name } = event.progress;
      return itemLine(itemOf(after, phase, name), itemOf(before, phase, name), at, palette);
    }
  }
}

function itemOf(host: HostModel, phase: string, name: string): Item | undefined {
  return lastPhase(host, phase)?.items.find((item) => item.name === name);
}

function lastPhase({ entries }: HostModel, phase: string): PhaseEntry | undefined {
  return entries.findLast((entry): entry is PhaseEntry => entry.type === 'phase' && entry.phase === phase);
}

function phaseText(
  { phase, state }: RunEvent & { type: 'phase' },
  before: HostModel,
  after: HostModel,
  palette: Palette,
): string | undefined {
  if (state === 'began') {
    const entry = lastPhase(after, phase);
    return entry && !entry.again && toldAtTheirBegin.includes(phase) ? runningText(entry) : undefined;
  }
  const entry = lastPhase(after, phase);
  const isGone = lastPhase(before, phase)?.again === true && state === 'ended';
  if (entry === undefined || isGone) return undefined;
  // Where the beginning, or the one build, was told there is nothing to add.
  const isTold = phase === 'look' || (phase === 'build' && entry.items.length === 1);
  return isTold && entry.state === 'ended' ? undefined : doneText(entry, palette);
}

function doneText(entry: PhaseEntry, { bad }: Palette): string {
  const took = seconds(((entry.ended ?? 0) - entry.began) / 1000);
  if (entry.state !== 'failed') return `${endedText(entry, 0)}, ${took}`;
  const text = failedText(entry);
  return `${bad('FAILED')} after ${took}${text === '' ? '' : `: ${text}`}`;
}

function itemLine(item: Item | undefined, before: Item | undefined, at: number, { bad }: Palette): string | undefined {
  if (item === undefined) return undefined;
  const { name, step, began } = item;
  const took = seconds((at - began) / 1000);
  switch (step) {
    case 'building':
    case 'restarting':
      return `${name} ${itemText(item)}`;
    case 'built':
      return `${name} built in ${took}`;
    case 'checking':
      return undefined;
    case 'watching':
      return `${name} healthy after ${took}`;
    case 'well':
      // One that was not well before is not waited for when it is taken back.
      return before?.step === 'watching' ? undefined : `${name} restarted in ${took}`;
    case 'failed':
      return `${name} ${bad('FAILED')} after ${took}${item.detail === '' ? '' : `: ${harmless(item.detail)}`}`;
  }
}
