import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { harmless } from '../text.js';

/** Returns a line cut to `width` columns, its end marked; unchanged where the width is undefined. */
export function fit(line: string, width: number | undefined): string {
  return width === undefined ? line : cliTruncate(line, width);
}

/** Returns text broken at spaces into lines of at most `width` columns, each behind `indent`. */
export function wrapped(text: string, width: number | undefined, indent: string): string[] {
  const lines = width === undefined ? text : wrapAnsi(text, Math.max(20, width - indent.length), { hard: true });
  return lines.split('\n').map((line) => `${indent}${line}`);
}

/**
 * Returns a hint's lines, each behind `indent`: prose is broken to fit, but a line that itself begins with two spaces is
 * a command to copy, which stays whole.
 */
export function hintLines(hint: string, width: number | undefined, indent: string): string[] {
  return hint.split('\n').flatMap((line) => {
    const shown = harmless(line);
    return line.startsWith('  ') ? [indent + shown] : wrapped(shown, width, indent);
  });
}

/**
 * Returns items side by side, with `separator` between two of a line, in lines of at most `width` columns; the lines
 * after the first are indented by `indent`. An item is broken only where it alone is wider than a line.
 */
export function flowed(
  items: readonly string[],
  separator: string,
  width: number | undefined,
  indent: string,
): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const line = lines.at(-1);
    const longer = line === undefined ? item : `${line}${separator}${item}`;
    if (line === undefined) lines.push(item);
    else if (width === undefined || stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${item}`);
  }
  return width === undefined
    ? lines
    : lines.flatMap((line) => wrapAnsi(line, width, { hard: true, trim: false }).split('\n'));
}
