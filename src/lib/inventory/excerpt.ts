import { maskPasswords } from './quote.js';

/** At most this much of the line is shown. */
const WIDTH = 68;

/** Of a longer line, as in a file without line ends, only so much on each side of the caret is looked at. */
const REACH = 1000;

/**
 * Returns the line of `text` that holds `offset`, and under it a caret at the place. A long line is cut around the
 * caret; passwords are masked, as a file with a syntax error may well hold one.
 */
export function excerpt(text: string, offset: number, lineNumber: number): string {
  const [before = ''] = /[^\r\n]*$/.exec(text.slice(Math.max(0, offset - REACH), offset)) ?? [];
  const [after = ''] = /^[^\r\n]*/.exec(text.slice(offset, offset + REACH)) ?? [];
  const line = before + after;
  const masked = maskPasswords(line);
  const caret = moved(before.length, line, masked);
  const start = Math.max(0, Math.min(caret - WIDTH / 2, masked.length - WIDTH));
  const end = start + WIDTH;
  const shown = `${start > 0 ? '…' : ''}${masked.slice(start, end)}${end < masked.length ? '…' : ''}`;
  const margin = `  ${lineNumber} | `;
  const indent = ' '.repeat(margin.length - 2) + '| ' + ' '.repeat(caret - start + (start > 0 ? 1 : 0));
  return `${margin}${shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')}\n${indent}^`;
}

/** Returns where `column` of `line` stands in `masked`; a column inside what was masked moves to its beginning. */
function moved(column: number, line: string, masked: string): number {
  if (line === masked) return column;
  let same = 0;
  while (same < masked.length && line[same] === masked[same]) same++;
  const fromEnd = line.length - column;
  const isBehind = fromEnd < masked.length - same && line.slice(column) === masked.slice(masked.length - fromEnd);
  return isBehind ? masked.length - fromEnd : Math.min(column, same);
}
