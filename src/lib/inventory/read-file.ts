import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from './error.js';
import { HOW_IT_IS_FOUND } from './find.js';

/** No inventory comes near it; it keeps a wrong file, such as a dump, out of memory. */
const LARGEST_BYTES = 1024 * 1024;

/** Returns the text of an inventory file, without a byte order mark. Throws InventoryError where it cannot be read. */
export function readInventoryFile(file: string): string {
  const bytes = readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fileError(file, 'it is not UTF-8 text', { cause });
  }
}

function readBytes(file: string): Buffer {
  // One byte more than is allowed shows that there is more. Reading to a limit, and not by the size that the
  // file system reports, also serves a pipe: paka status --services <(jq … services.json)
  const buffer = Buffer.alloc(LARGEST_BYTES + 1);
  let length = 0;
  try {
    const descriptor = openSync(file, 'r');
    try {
      let count: number;
      do {
        count = readSync(descriptor, buffer, length, buffer.length - length, null);
        length += count;
      } while (count > 0 && length < buffer.length);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (length > LARGEST_BYTES) throw fileError(file, 'it is larger than 1 MiB, so it is not an inventory');
  return buffer.subarray(0, length);
}

function unreadable(file: string, cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fileError(file, 'there is no such file', { cause, hint: HOW_IT_IS_FOUND });
    case 'EISDIR':
      return fileError(file, 'it is a directory, not a file', { cause, hint: HOW_IT_IS_FOUND });
    case 'EACCES':
    case 'EPERM':
      return fileError(file, 'this user may not read it', { cause });
    default:
      return fileError(file, `it cannot be read (${String(code ?? cause)})`, { cause });
  }
}
