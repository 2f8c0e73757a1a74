import type { Phase, RunEvent } from '../../deploy/events.js';

/** How far a run is, on each of its hosts: all that is drawn of it, by any renderer. Times are milliseconds of one clock. */
export interface RunModel {
  readonly hosts: readonly HostModel[];
}

export interface HostModel {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** It was looked at before: to look again is worth no word once it is done. */
  readonly looked: boolean;
}

export type Entry = PhaseEntry | NoteEntry;

export interface NoteEntry {
  readonly type: 'note';
  readonly tone: 'plain' | 'caution' | 'bad';
  readonly text: string;
}

export interface PhaseEntry {
  readonly type: 'phase';
  readonly phase: Phase;
  /** `stopped`: the run ended, or took another way, before this part did. */
  readonly state: 'running' | 'ended' | 'failed' | 'stopped';
  /** The host was looked at before. */
  readonly again: boolean;
  readonly began: number;
  readonly ended: number | undefined;
  /** Why it failed. */
  readonly detail: string | undefined;
  /** How many services it is about, where that was told. */
  readonly total: number | undefined;
  readonly items: readonly Item[];
}

/** A service within a part of the run, or one build. */
export interface Item {
  readonly name: string;
  readonly step: 'building' | 'built' | 'restarting' | 'checking' | 'watching' | 'well' | 'failed';
  readonly detail: string;
  readonly began: number;
  /** When its present step began. */
  readonly since: number;
}

/** Returns the model of a run of which nothing is known yet. */
export function newRun(hosts: readonly string[]): RunModel {
  return { hosts: hosts.map((name) => ({ name, entries: [], looked: false })) };
}

/** Whether nothing more is to happen to a service or a build. */
export function isSettled({ step }: Item): boolean {
  return step === 'built' || step === 'well' || step === 'failed';
}

/** Returns the model after an event. */
export function advance(model: RunModel, event: RunEvent, at: number): RunModel {
  const known = model.hosts.some(({ name }) => name === event.host);
  const hosts = known ? model.hosts : [...model.hosts, ...newRun([event.host]).hosts];
  return { hosts: hosts.map((host) => (host.name === event.host ? advanceHost(host, event, at) : host)) };
}

/** Returns the model of a run that will tell no more: what was under way is stopped. */
export function finish(model: RunModel, at: number): RunModel {
  return {
    hosts: model.hosts.map((host) => ({
      ...host,
      entries: host.entries.map((entry) => (isRunning(entry) ? finishPhase(entry, at) : entry)),
    })),
  };
}

/** Returns the model without all that is over, for a screen where it already stands. */
export function withoutPast(model: RunModel): RunModel {
  return { hosts: model.hosts.map((host) => ({ ...host, entries: host.entries.filter(isRunning) })) };
}

/** Whether an entry is a part of the run that is under way. */
export function isRunning(entry: Entry): entry is PhaseEntry {
  return entry.type === 'phase' && entry.state === 'running';
}

function advanceHost(host: HostModel, event: RunEvent, at: number): HostModel {
  switch (event.type) {
    case 'note': {
      const { tone, text } = event;
      // Above what is under way, which goes on below it.
      const firstRunning = host.entries.findIndex(isRunning);
      const place = firstRunning < 0 ? host.entries.length : firstRunning;
      return { ...host, entries: host.entries.toSpliced(place, 0, { type: 'note', tone, text }) };
    }
    case 'phase':
      return event.state === 'began' ? beginPhase(host, event, at) : endPhase(host, event, at);
    case 'build': {
      const step = { began: 'building', ended: 'built', failed: 'failed' } as const;
      return withItem(host, 'build', { name: event.name, step: step[event.state], detail: event.detail ?? '' }, at);
    }
    case 'service': {
      const { name, step, detail, undoing } = event.progress;
      if (!undoing) return withItem(host, 'switch', { name, step, detail }, at);
      // A run that is stopped takes back its switch before the switch itself is told to have failed.
      const entries = host.entries.map((entry) =>
        isRunning(entry) && entry.phase === 'switch' ? { ...entry, state: 'stopped' as const, ended: at } : entry,
      );
      return withItem({ ...host, entries }, 'undo', { name, step, detail }, at);
    }
  }
}

function beginPhase(host: HostModel, event: RunEvent & { type: 'phase' }, at: number): HostModel {
  const { phase } = event;
  // Its first services may have been told of before it was.
  if (host.entries.some((entry) => isRunning(entry) && entry.phase === phase)) return host;
  const entry = { ...newPhase(phase, at), again: phase === 'look' && host.looked, total: event.total };
  return { ...host, entries: [...host.entries, entry], looked: host.looked || phase === 'look' };
}

function endPhase(host: HostModel, event: RunEvent & { type: 'phase' }, at: number): HostModel {
  const { phase, detail } = event;
  const index = host.entries.findLastIndex(
    (entry) => entry.type === 'phase' && entry.phase === phase && ['running', 'stopped'].includes(entry.state),
  );
  const entry = host.entries[index];
  if (entry?.type !== 'phase') return host;
  if (event.state === 'ended' && entry.again) return { ...host, entries: host.entries.toSpliced(index, 1) };
  const failed = event.state === 'failed' || entry.items.some(({ step }) => step === 'failed');
  const state = failed ? 'failed' : 'ended';
  return { ...host, entries: host.entries.with(index, { ...entry, state, detail, ended: entry.ended ?? at }) };
}

function withItem(host: HostModel, phase: Phase, item: Pick<Item, 'name' | 'step' | 'detail'>, at: number): HostModel {
  const found = host.entries.findLastIndex((entry) => isRunning(entry) && entry.phase === phase);
  const entries = found < 0 ? [...host.entries, newPhase(phase, at)] : host.entries;
  const index = found < 0 ? entries.length - 1 : found;
  const entry = entries[index];
  if (entry?.type !== 'phase') return host;
  const known = entry.items.findIndex(({ name }) => name === item.name);
  const items =
    known < 0
      ? [...entry.items, { ...item, began: at, since: at }]
      : entry.items.map((old) => (old.name === item.name ? { ...item, began: old.began, since: at } : old));
  return { ...host, entries: entries.with(index, { ...entry, items }) };
}

function newPhase(phase: Phase, at: number): PhaseEntry {
  const nothing = { ended: undefined, detail: undefined, total: undefined, items: [] };
  return { type: 'phase', phase, state: 'running', again: false, began: at, ...nothing };
}

/** Where the host takes back a switch because it was told to stop, nobody tells that it has: its services do. */
function finishPhase(entry: PhaseEntry, at: number): PhaseEntry {
  const isDone = entry.phase === 'undo' && entry.items.length > 0 && entry.items.every(isSettled);
  const state = !isDone ? 'stopped' : entry.items.some(({ step }) => step === 'failed') ? 'failed' : 'ended';
  return { ...entry, state, ended: at };
}
