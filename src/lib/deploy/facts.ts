import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';
import type { LockHolder } from '../holder/lock-holder.js';
import { stateProperties, type UnitProperties } from '../systemd/show.js';
import type { LedgerLine } from './ledger.js';
import type { ReleaseMarker } from './release.js';
import { manifestPaths, trackedPaths, type DeployTarget } from './target.js';

/** What one host said about itself, parsed and not yet judged. */
export interface DeployFacts {
  readonly now: Date;
  /** Values that stand alone: `user`, `root`, `envfile`, `head`, `branch`… as deploy-facts.sh names them. */
  readonly host: Readonly<Record<string, string>>;
  readonly isCheckout: boolean;
  readonly adopted: boolean;
  readonly head: string;
  readonly freeBytes: number;
  readonly lock: LockHolder | undefined;
  readonly ledger: readonly LedgerLine[];
  /** By id; undefined: without a marker, so not complete. */
  readonly releases: ReadonlyMap<string, ReleaseMarker | undefined>;
  /** What lies in root and in the directories that hold services, by its path relative to root. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly fetch: FetchFacts | undefined;
  /** Object ids of trees and files, by `commit:path`; a path that the commit does not have is absent. */
  readonly oids: ReadonlyMap<string, string>;
  /** The entries that a commit has in root and in the directories that hold services. */
  readonly trees: ReadonlyMap<string, readonly string[]>;
  /** The text of files of the commit to deploy. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Of a plain checkout: what it holds beyond its commit, as two letters of `git status` and a path. */
  readonly dirty: readonly DirtyEntry[];
  readonly runtimes: ReadonlyMap<string, string>;
  /** Files that are not the user's: "root services/x". */
  readonly foreign: readonly string[];
  readonly units: ReadonlyMap<string, UnitProperties>;
  /** Where the process of a unit works. */
  readonly workingDirectories: ReadonlyMap<string, string>;
}

export interface Entry {
  readonly kind: 'link' | 'directory' | 'file';
  /** What a link holds. */
  readonly target: string;
}

export interface DirtyEntry {
  readonly state: string;
  readonly path: string;
}

export interface FetchFacts {
  readonly ok: boolean;
  /** What git said where it failed. */
  readonly said: readonly string[];
  /** The commit to deploy; undefined where there is no such commit. */
  readonly target: string | undefined;
  readonly onBranch: boolean;
  /** The commit to deploy contains what runs. */
  readonly newer: boolean;
  /** What runs contains the commit to deploy. */
  readonly older: boolean;
  readonly subject: string;
}

/**
 * Returns the command that gathers all facts of a host, and its standard input. `ref`: another commit than the newest of
 * the branch. `fetch`: whether the origin is asked.
 */
export function factsRequest(
  target: DeployTarget,
  { ref, fetch }: { ref: string | undefined; fetch: boolean },
): { command: Command; input: string } {
  const runtimes = new Set(target.services.map(({ runtime }) => runtime).filter((runtime) => runtime !== 'other'));
  const records = [
    ['root', target.root],
    ['branch', target.branch],
    ['envfile', target.envFile],
    ...(ref === undefined ? [] : [['ref', ref]]),
    ...target.services.map(({ name, unit, path }) => ['service', name, unit, path]),
    ...trackedPaths(target).map((path) => ['path', path]),
    ...manifestPaths(target).map((path) => ['manifest', path]),
    ...[...runtimes].map((runtime) => ['runtime', runtime]),
  ];
  const program = hostProgram('deploy-facts.sh', import.meta.url);
  return {
    command: programCommand(program, stateProperties.join(','), fetch ? 'yes' : 'no'),
    input: records.map((fields) => `${fields.join('\x1f')}\n`).join(''),
  };
}
