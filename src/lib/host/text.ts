import { stripVTControlCharacters } from 'node:util';

/** What a terminal acts on: C0 but tab, DEL, C1, and the marks that reorder text or take no width. */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Returns one line of foreign text as it may stand in a message: no escape sequences, no control characters, at most `width` characters. */
export function harmless(line: string, width = 300): string {
  const text = stripVTControlCharacters(line).replaceAll(CONTROL, '\ufffd').trimEnd();
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Returns the last `count` lines of an output that are not blank, harmless. */
export function lastLines(output: Uint8Array, count: number): string[] {
  // The end of a long output is enough; its first line may be cut, and is then left out with the rest.
  const end = Buffer.from(output.buffer, output.byteOffset, output.byteLength)
    .subarray(-64 * 1024)
    .toString('utf8');
  const lines = end.split(/\r?\n|\r/).map((line) => harmless(line));
  return lines.filter((line) => line.trim() !== '').slice(-count);
}
