import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import { fileError } from './error.js';

/** For the hint of an error about the file. */
export const HOW_IT_IS_FOUND =
  'paka reads the file of --services, else of PAKA_SERVICES, else services.json in the\n' +
  'current directory or a parent of it, else the services.json that came with paka.';

export interface FindOptions {
  /** The value of --services. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The services.json that came with paka. */
  readonly shipped: string | URL;
}

export interface FoundInventory {
  /** Absolute. */
  readonly file: string;
  readonly from: 'flag' | 'environment' | 'directory' | 'shipped';
}

/** Returns the inventory file to use. Throws UsageError where the one that was named does not exist. */
export function findInventory({ flag, env, cwd, shipped }: FindOptions): FoundInventory {
  if (flag !== undefined) {
    if (flag === '') throw new UsageError('--services needs the name of a file', { hint: HOW_IT_IS_FOUND });
    return { file: named(flag, cwd, '--services'), from: 'flag' };
  }
  // An empty variable counts as not set: that is how a CI job passes a secret it does not have.
  const variable = env.PAKA_SERVICES;
  if (variable !== undefined && variable !== '') {
    return { file: named(variable, cwd, 'PAKA_SERVICES'), from: 'environment' };
  }
  const nearest = nearestInventory(resolve(cwd));
  if (nearest !== undefined) return { file: nearest, from: 'directory' };
  return { file: typeof shipped === 'string' ? resolve(cwd, shipped) : fileURLToPath(shipped), from: 'shipped' };
}

function named(name: string, cwd: string, by: string): string {
  const file = resolve(cwd, name);
  if (kindOf(file) === 'missing') {
    throw fileError(file, `there is no such file (named by ${by})`, { hint: HOW_IT_IS_FOUND });
  }
  return file;
}

function nearestInventory(start: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    const file = join(directory, 'services.json');
    if (kindOf(file) === 'file') return file;
    if (directory === dirname(directory)) return undefined;
  }
}

/** What cannot be looked at, such as a file in a closed directory, counts as `other`: reading it says why. */
function kindOf(file: string): 'file' | 'other' | 'missing' {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    return stats.isFile() ? 'file' : 'other';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR' ? 'missing' : 'other';
  }
}
