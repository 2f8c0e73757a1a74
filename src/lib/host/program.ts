import { readFileSync } from 'node:fs';
import type { Command } from './command.js';

/** A bash program for a host: the text of a `.sh` file. */
export interface HostProgram {
  readonly name: string;
  readonly text: string;
}

const programs = new Map<string, HostProgram>();

/**
 * Returns the program in the file `name`, which lies beside the calling module: `hostProgram('facts.sh', import.meta.url)`.
 * A bundle is one module and has every `.sh` file beside it, so these names are unique in the whole of paka.
 * Read once, synchronously: a program is as much a part of paka as the module that uses it.
 */
export function hostProgram(name: string, from: string): HostProgram {
  const url = new URL(name, from);
  let program = programs.get(url.href);
  if (!program) {
    program = { name, text: readFileSync(url, 'utf8') };
    programs.set(url.href, program);
  }
  return program;
}

/**
 * Returns the command that runs a program with arguments `$1`, `$2`…; its `$0` is `paka`, standard input stays free for data.
 * `-p`: functions that the user's shell exports are not taken for the programs they are named like.
 */
export function programCommand(program: HostProgram, ...args: string[]): Command {
  return { name: program.name, argv: ['bash', '-pc', program.text, 'paka', ...args] };
}
