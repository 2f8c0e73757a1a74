import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Each host's systemd gets a control group of its own: with --keep-unit, nspawn makes its payload group below the
 * caller's, so two hosts started from one group would share one tree and stop each other's services.
 */
export class HostControlGroup {
  readonly #paths: string[];

  constructor(readonly name: string) {
    this.#paths = hierarchies().map((mount) => join(mount, name));
  }

  create(): void {
    for (const path of this.#paths) mkdirSync(path, { recursive: true });
  }

  /** The files a process writes its pid to, to enter the group. */
  get processFiles(): string[] {
    return this.#paths.map((path) => join(path, 'cgroup.procs'));
  }

  /** The pids of all that runs in the group and below it. */
  get processes(): number[] {
    return [...new Set(this.#paths.flatMap(processesOf))];
  }

  remove(): void {
    for (const path of this.#paths) removeTree(path);
  }
}

function processesOf(path: string): number[] {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
  const own = readFileSync(join(path, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return [
    ...own.map(Number),
    ...entries.flatMap((entry) => (entry.isDirectory() ? processesOf(join(path, entry.name)) : [])),
  ];
}

/** Returns the control groups, in any hierarchy, whose name begins so. */
export function controlGroupsNamed(beginning: string): string[] {
  return hierarchies().flatMap((mount) =>
    readdirSync(mount)
      .filter((name) => name.startsWith(beginning))
      .map((name) => join(mount, name)),
  );
}

/** Removes the control groups, in any hierarchy, whose name begins so. */
export function removeControlGroups(beginning: string): void {
  for (const path of controlGroupsNamed(beginning)) removeTree(path);
}

/** The mounts that systemd keeps its tree in: the unified one, and on a hybrid machine the one named systemd. */
function hierarchies(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const fields = line.split(' ');
      const [mount, after] = [fields[4], fields.slice(fields.indexOf('-') + 1)];
      const ours = after[0] === 'cgroup2' || (after[0] === 'cgroup' && /\bname=systemd\b/.test(after[2] ?? ''));
      return ours && mount !== undefined ? [mount] : [];
    });
}

/** Control groups are removed leaves first; one that still holds a process stays (EBUSY). */
function removeTree(path: string): void {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) if (entry.isDirectory()) removeTree(join(path, entry.name));
  try {
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
  }
}
