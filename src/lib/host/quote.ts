import { assertNoNul, type Command } from './command.js';

/** Words that mean themselves in every shell. Not `=` in front: zsh expands `=ls`, and `A=b` in front of a command is an assignment. */
const PLAIN = /^[\w@+:,./-][\w@+:,./=-]*$/;
const ASSIGNMENT = /^\w+=/;

/**
 * Returns `argument` as one word of a command line: for POSIX shells (2.2.2, single quotes keep every character), and for fish,
 * where a backslash inside single quotes can escape. A backslash therefore stands outside the quotes, as a quote must. Not for csh, whose
 * quotes end with the line. Throws UsageError on a NUL byte.
 */
export function quote(argument: string): string {
  assertNoNul(argument);
  if (PLAIN.test(argument) && !ASSIGNMENT.test(argument)) return argument;
  return `'${argument.replace(/['\\]/g, (character) => `'\\${character}'`)}'`;
}

/** Returns the command as one line that a shell runs as exactly this command: for a login shell over SSH, or to show. */
export function quoteCommand({ argv }: Command): string {
  return argv.map(quote).join(' ');
}
