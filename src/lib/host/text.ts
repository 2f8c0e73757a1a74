import { harmless } from '../text.js';

/** Longer lines of an output say no more in a message. */
const WIDTH = 300;

/** Returns the last `count` lines of an output that are not blank, harmless. */
export function lastLines(output: Uint8Array, count: number): string[] {
  // The end of a long output is enough; its first line may be cut, and is then left out with the rest.
  const end = Buffer.from(output.buffer, output.byteOffset, output.byteLength)
    .subarray(-64 * 1024)
    .toString('utf8');
  const lines = end.split(/\r?\n|\r/).map((line) => harmless(line, WIDTH));
  return lines.filter((line) => line.trim() !== '').slice(-count);
}
