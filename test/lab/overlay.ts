import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sh } from './system.js';

/** A directory of its own writes on top of read-only layers (the first layer is the uppermost). */
export class Overlay {
  readonly root: string;

  constructor(
    readonly directory: string,
    readonly layers: readonly string[],
  ) {
    this.root = join(directory, 'root');
  }

  get upper(): string {
    return join(this.directory, 'upper');
  }

  get mounted(): boolean {
    return mountPoints().includes(this.root);
  }

  mount(): void {
    if (this.mounted) return;
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(this.directory, name), { recursive: true });
    const options = `lowerdir=${this.layers.join(':')},upperdir=${this.upper},workdir=${join(this.directory, 'work')}`;
    sh('mount', ['-t', 'overlay', 'overlay', '-o', options, this.root]);
  }

  unmount(): void {
    unmountBelow(this.directory);
  }

  remove(): void {
    removeTree(this.directory);
  }
}

/** Removes a directory with all that is mounted in it, which a killed run may have left there. */
export function removeTree(directory: string): void {
  unmountBelow(directory);
  rmSync(directory, { recursive: true, force: true });
}

/** Returns the places at or below a directory that something is mounted on, the innermost first. */
export function mountsBelow(directory: string): string[] {
  return mountPoints()
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .sort((a, b) => b.length - a.length);
}

function unmountBelow(directory: string): void {
  for (const point of mountsBelow(directory)) sh('umount', [point]);
}

/** Of this process's mount namespace: proc(5), /proc/PID/mountinfo. Its paths have no spaces here. */
function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? []);
}
