import { isAbsolute, relative } from 'node:path';
import { UsageError, type PakaErrorOptions } from '../errors.js';
import { formatFault, type Fault } from './fault.js';
import { escapeInvisible } from './quote.js';

/** More faults than this have one cause, and nobody reads the rest. */
const MOST_SHOWN = 50;

/** The inventory cannot be used. The message lists what is wrong; `faults` holds every fault as data. */
export class InventoryError extends UsageError {
  constructor(
    readonly file: string,
    readonly faults: readonly Fault[],
    message: string = listFaults(file, faults),
    options: Omit<PakaErrorOptions, 'exitCode'> = {},
  ) {
    super(message, options);
  }
}

/** Returns the error for a file that is at fault as a whole, such as one that cannot be read. */
export function fileError(
  file: string,
  message: string,
  options: Omit<PakaErrorOptions, 'exitCode'> = {},
): InventoryError {
  return new InventoryError(file, [{ path: '', message }], `${displayPath(file)}: ${message}`, options);
}

/** Returns the file's name as messages show it: relative where it is in the current directory or below. */
export function displayPath(file: string): string {
  const fromHere = relative(process.cwd(), file);
  const isBelow = fromHere !== '' && !fromHere.startsWith('..') && !isAbsolute(fromHere);
  return escapeInvisible(isBelow ? fromHere : file);
}

function listFaults(file: string, faults: readonly Fault[]): string {
  const shown = faults.slice(0, MOST_SHOWN);
  const width = Math.max(...shown.map(({ line }) => String(line ?? '').length));
  const lines = shown.map((fault) => {
    const place = fault.line === undefined ? '' : `line ${String(fault.line).padStart(width)}: `;
    return `  ${place}${formatFault(fault)}`;
  });
  if (faults.length > shown.length) lines.push(`  and ${faults.length - shown.length} more`);
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return [`${displayPath(file)} has ${count}:`, ...lines].join('\n');
}
