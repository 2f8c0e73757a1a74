import { parseJournalLine, type JournalEntry } from '../systemd/journal.js';
import { parseShow, stateProperties, type UnitProperties } from '../systemd/show.js';
import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';
import type { StatusTarget } from './target.js';

/** What one host said about itself, parsed and not yet judged. */
export interface HostFacts {
  readonly hasSystemd: boolean;
  readonly now: Date;
  readonly host: Readonly<Record<string, string>>;
  readonly git: Readonly<Record<string, string>>;
  readonly listeningPorts: ReadonlySet<number>;
  /** By the name that was asked for, which may be an alias of the unit's own. */
  readonly units: ReadonlyMap<string, UnitProperties>;
  /** What systemctl said instead of the units' properties, where it did not answer. */
  readonly unitsUnknown: string | undefined;
  /** What /proc/PID/cwd and the links under root point to. */
  readonly links: ReadonlyMap<string, string>;
  /** Resident bytes by pid. */
  readonly residentBytes: ReadonlyMap<number, number>;
  /** The answers of health checks, by unit. */
  readonly health: ReadonlyMap<string, HttpAnswer>;
  /** The answers of dependencies that speak HTTP, by name. */
  readonly httpDependencies: ReadonlyMap<string, HttpAnswer>;
  /** What the other dependencies are like, by name; and why one was not asked. */
  readonly servers: ReadonlyMap<string, ServerAnswer>;
  /** Newest first. */
  readonly journal: readonly JournalEntry[];
  /** The user who may not read the journal, where that is so. */
  readonly journalDeniedTo: string | undefined;
  /** Of how many unwell services more the journal was not read. */
  readonly journalsLeftOut: number;
}

export interface HttpAnswer {
  /** 0 where there was no HTTP answer. */
  readonly status: number;
  readonly connected: boolean;
  readonly seconds: number;
}

export interface ServerAnswer {
  readonly word: string;
  readonly ms: number | undefined;
}

/** Returns the one command that gathers all facts of a host, and its standard input. */
export function factsRequest(target: StatusTarget): { command: Command; input: string } {
  const records = [
    ['root', target.root],
    ['envfile', target.envFile],
    ...target.services.map((service) => [
      'service',
      service.name,
      service.unit,
      String(service.port),
      service.health ?? '',
      service.path,
    ]),
    ...target.dependencies.map((dependency) => [
      'dependency',
      dependency.name,
      dependency.unit ?? '',
      dependency.url ?? '',
      dependency.health ?? '',
    ]),
  ];
  return {
    command: programCommand(hostProgram('status-facts.sh', import.meta.url), stateProperties.join(',')),
    input: records.map((fields) => `${fields.join('\x1f')}\n`).join(''),
  };
}

/** Returns the facts that the host program printed, or undefined where its output is not whole. */
export function parseFacts(output: string, target: StatusTarget): HostFacts | undefined {
  const sections = new Map(
    output
      .split('\x1e')
      .slice(1)
      .map((section) => {
        const newline = section.indexOf('\n');
        return [section.slice(0, newline), section.slice(newline + 1)];
      }),
  );
  const lines = (name: string): string[] => (sections.get(name) ?? '').split('\n').filter((line) => line !== '');
  const hasSystemd = !sections.has('no-systemd');
  if (hasSystemd && !sections.has('end')) return undefined;

  const host = keyed(lines('host'));
  const processes = lines('processes').map((line) => line.split('\x1f') as [string, string | undefined]);
  const journal = lines('journal');
  const shown = parseShow(sections.get('units') ?? '').filter((unit) => unit['LoadState'] !== undefined);
  const asked = askedUnits(target);
  const isWhole = shown.length === asked.length;
  return {
    hasSystemd,
    now: new Date(Number(host['now'] ?? 0) * 1000),
    host,
    git: keyed(lines('git')),
    listeningPorts: new Set(lines('listening').flatMap(listeningPort)),
    // In the order of asking: the Id of a unit that was asked for by an alias is another.
    units: new Map(isWhole ? asked.map((unit, index) => [unit, shown[index] ?? {}]) : []),
    unitsUnknown: isWhole ? undefined : (lines('units')[0] ?? 'no answer'),
    links: new Map(processes.flatMap(([path, to = '']) => (path.endsWith('/rss') ? [] : [[path, to]]))),
    residentBytes: new Map(processes.flatMap(([path, kilobytes]) => residentBytes(path, kilobytes))),
    health: httpAnswers(lines('http'), 'service'),
    httpDependencies: httpAnswers(lines('http'), 'dependency'),
    servers: new Map(lines('servers').flatMap(serverAnswer)),
    journal: journal.flatMap((line) => parseJournalLine(line) ?? []),
    journalsLeftOut: Number(journal.find((line) => line.startsWith('left-out '))?.slice('left-out '.length) ?? 0),
    journalDeniedTo: journal.find((line) => line.startsWith('no-access '))?.slice('no-access '.length),
  };
}

/** The units that the host program asks systemctl about, in its order. */
function askedUnits({ services, dependencies }: StatusTarget): string[] {
  return [...services.map(({ unit }) => unit), ...dependencies.flatMap(({ unit }) => unit ?? [])];
}

function keyed(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)];
    }),
  );
}

/** "0: 0100007F:0BB8 00000000:0000 0A" is a socket that listens on port 0x0BB8. */
function listeningPort(line: string): number[] {
  const port = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) /.exec(line)?.[1];
  return port === undefined ? [] : [Number.parseInt(port, 16)];
}

function residentBytes(path: string, kilobytes = ''): [number, number][] {
  const pid = /^\/proc\/(\d+)\/rss$/.exec(path)?.[1];
  return pid === undefined ? [] : [[Number(pid), Number(kilobytes) * 1024]];
}

function httpAnswers(lines: readonly string[], kind: 'service' | 'dependency'): Map<string, HttpAnswer> {
  return new Map(
    lines.flatMap((line): [string, HttpAnswer][] => {
      const [its, name = '', status, connect, total] = line.split(' ');
      if (its !== kind) return [];
      return [[name, { status: Number(status), connected: Number(connect) > 0, seconds: Number(total) }]];
    }),
  );
}

function serverAnswer(line: string): [string, ServerAnswer][] {
  const [name = '', word = '', ms = ''] = line.split('\x1f');
  return [[name, { word, ms: ms === '' ? undefined : Number(ms) }]];
}
