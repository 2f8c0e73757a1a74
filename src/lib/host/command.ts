import { UsageError } from '../errors.js';

/** A program and its arguments, as a value. Nothing in it is ever parsed by a shell: a host quotes it where it must. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** What messages call it, where argv[0] says too little: the file name of a program that runs as `bash -c`. */
  readonly name?: string;
}

/** Returns the command that runs `program` with exactly these arguments. */
export function command(program: string, ...args: string[]): Command {
  return { argv: [program, ...args] };
}

/** What messages call this command: its name, or the last part of the program's path. Never an argument. */
export function commandName({ name, argv }: Command): string {
  return name ?? argv[0].slice(argv[0].lastIndexOf('/') + 1);
}

/** Throws UsageError where an argument holds a NUL byte: execve(2) ends an argument there, so it cannot be passed on. */
export function assertNoNul(argument: string): void {
  if (argument.includes('\0')) {
    throw new UsageError(`an argument of a command holds a NUL byte: ${JSON.stringify(argument.slice(0, 80))}`, {
      hint: 'Arguments are text; bytes belong on standard input.',
    });
  }
}
