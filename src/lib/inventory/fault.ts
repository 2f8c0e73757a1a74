import { escapeInvisible } from './quote.js';

/** Where a value stands in the inventory, from the outside in: `['services', 3, 'port']`. */
export type Path = readonly (string | number)[];

/** What a check found wrong, before its place in the file is known. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** One fault of an inventory. `path` is empty where the file as a whole is at fault. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  /** Counted from 1. */
  readonly line?: number;
}

/** Returns a path as messages show it: `services[3].port`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w$-]{1,64}$/.test(step)) return escapeInvisible(`[${JSON.stringify(step.slice(0, 64))}]`);
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Returns a fault as one line of text, its path first. */
export function formatFault({ path, message }: Pick<Fault, 'path' | 'message'>): string {
  return path === '' ? message : `${path}: ${message}`;
}
