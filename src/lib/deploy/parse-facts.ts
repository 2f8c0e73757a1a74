import { parseLockHolder } from '../holder/lock-holder.js';
import { parseShow, type UnitProperties } from '../systemd/show.js';
import type { DeployFacts, DirtyEntry, Entry, FetchFacts } from './facts.js';
import { parseLedger } from './ledger.js';
import { parseMarker } from './release.js';
import { manifestPaths, type DeployTarget } from './target.js';

/** Returns the facts that the host program printed, or undefined where its output is not whole. */
export function parseFacts(output: string, target: DeployTarget): DeployFacts | undefined {
  const sections = new Map(
    output
      .split('\x1e')
      .slice(1)
      .map((section): [string, string] => {
        const [name = '', ...rest] = section.split('\n');
        return [name, rest.join('\n')];
      }),
  );
  if (!sections.has('host') || !sections.has('end')) return undefined;
  const lines = (name: string): string[] => (sections.get(name) ?? '').split('\n').filter((line) => line !== '');
  const decoded = (name: string): Buffer => Buffer.from(lines(name)[0] ?? '', 'base64');
  const host = keyed(lines('host'));
  const held = lines('lock').find((line) => line.startsWith('held '));
  const [blockSize = 0, blocks = 0] = (host['disk'] ?? '').split(' ').map(Number);
  const shown = parseShow(sections.get('units') ?? '');
  const isWhole = shown.length === target.services.length;
  const units = new Map(isWhole ? target.services.map(({ unit }, index) => [unit, shown[index] ?? {}]) : []);
  return {
    now: new Date(Number(host['now'] ?? 0) * 1000),
    host,
    isCheckout: host['head'] !== undefined,
    adopted: host['adopted'] === 'true' && host['adopting'] === undefined,
    head: host['head'] ?? '',
    freeBytes: blockSize * blocks,
    lock: held === undefined ? undefined : parseLockHolder(held.slice('held '.length)),
    ledger: parseLedger(lines('ledger')),
    releases: new Map(
      lines('releases').map((line) => {
        const { first, rest } = split(line);
        return [first, parseMarker(rest)];
      }),
    ),
    entries: entriesOf(decoded('links')),
    fetch: sections.has('fetch') ? fetchFacts(lines('fetch')) : undefined,
    oids: new Map(lines('oids').flatMap(objectOf)),
    trees: treesOf(decoded('trees')),
    manifests: manifestsOf(decoded('manifests'), manifestPaths(target)),
    dirty: dirtyOf(decoded('dirty').toString('utf8')),
    runtimes: new Map(
      lines('runtimes').map((line) => {
        const { first, rest } = split(line);
        return [first, rest];
      }),
    ),
    foreign: lines('foreign'),
    units,
    workingDirectories: workingDirectories(lines('processes'), units),
  };
}

function split(line: string): { first: string; rest: string } {
  const space = line.indexOf(' ');
  return space < 0 ? { first: line, rest: '' } : { first: line.slice(0, space), rest: line.slice(space + 1) };
}

function keyed(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map(split).map(({ first, rest }) => [first, rest]));
}

function entriesOf(bytes: Buffer): Map<string, Entry> {
  const fields = bytes.toString('utf8').split('\0');
  const entries = new Map<string, Entry>();
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [path = '', type = '', target = ''] = fields.slice(index, index + 3);
    const kind = type === 'l' ? 'link' : type === 'd' ? 'directory' : 'file';
    entries.set(path.replace(/^\.\//, ''), { kind, target });
  }
  return entries;
}

function fetchFacts(lines: readonly string[]): FetchFacts {
  const end = lines.findIndex((line) => line.startsWith('exit '));
  const said = lines.slice(0, Math.max(0, end));
  const values = keyed(lines.slice(end + 1));
  const target = values['target'] ?? '';
  return {
    ok: end < 0 || lines[end] === 'exit 0',
    said,
    target: target === '' ? undefined : target,
    onBranch: values['on-branch'] === 'yes',
    newer: values['newer'] === 'yes',
    older: values['older'] === 'yes',
    subject: values['subject'] ?? '',
  };
}

/** "OID TYPE COMMIT:PATH", or "COMMIT:PATH missing". */
function objectOf(line: string): [string, string][] {
  const [oid = '', type = '', name] = line.split(' ');
  return name === undefined || type === 'missing' ? [] : [[name, oid]];
}

function treesOf(bytes: Buffer): Map<string, string[]> {
  const trees = new Map<string, string[]>();
  const fields = bytes.toString('utf8').split('\0');
  let current: string[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    if (field !== '') {
      current.push(field);
      continue;
    }
    // An empty field announces the commit that the next ones belong to.
    index += 1;
    const commit = fields[index] ?? '';
    if (commit === '') break;
    current = trees.get(commit) ?? [];
    trees.set(commit, current);
  }
  return trees;
}

/** The output of `git cat-file --batch`: a line with the size and that many bytes, or a line that ends in "missing". */
function manifestsOf(bytes: Buffer, paths: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  let at = 0;
  for (const path of paths) {
    const end = bytes.indexOf('\n', at);
    if (end < 0) break;
    const header = bytes.toString('utf8', at, end);
    at = end + 1;
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) continue;
    texts.set(path, bytes.toString('utf8', at, at + Number(size)));
    at += Number(size) + 1;
  }
  return texts;
}

/** `git status --porcelain -z`: two letters, a space, the path; of a renamed file the old path follows as a field. */
function dirtyOf(text: string): DirtyEntry[] {
  const fields = text.split('\0').filter((field) => field !== '');
  const entries: DirtyEntry[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    const state = field.slice(0, 2);
    if (/[RC]/.test(state)) index += 1;
    entries.push({ state, path: field.slice(3) });
  }
  return entries;
}

function workingDirectories(lines: readonly string[], units: ReadonlyMap<string, UnitProperties>): Map<string, string> {
  const byPid = new Map(
    lines.map((line) => {
      const [path = '', directory = ''] = line.split('\x1f');
      return [/^\/proc\/(\d+)\/cwd$/.exec(path)?.[1] ?? '', directory];
    }),
  );
  return new Map(
    [...units].flatMap(([unit, { MainPID = '' }]) => {
      const directory = byPid.get(MainPID);
      return directory === undefined ? [] : [[unit, directory]];
    }),
  );
}
