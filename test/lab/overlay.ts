import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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

  mount(): void {
    if (isMounted(this.root)) return;
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(this.directory, name), { recursive: true });
    const options = `lowerdir=${this.layers.join(':')},upperdir=${this.upper},workdir=${join(this.directory, 'work')}`;
    sh('mount', ['-t', 'overlay', 'overlay', '-o', options, this.root]);
  }

  unmount(): void {
    if (isMounted(this.root)) sh('umount', [this.root]);
  }

  remove(): void {
    this.unmount();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Whether something is mounted on this directory in this process's mount namespace. */
export function isMounted(directory: string): boolean {
  if (!existsSync(directory)) return false;
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === directory);
}
