import { randomBytes } from 'node:crypto';
import { PakaError } from '../errors.js';
import { assertNoNul, commandName, type Command } from './command.js';
import { hostProgram } from './program.js';
import { quoteCommand } from './quote.js';

/** Linux passes at most this many bytes in one argument (MAX_ARG_STRLEN in execve(2)), and sshd passes a command line as one. */
const MAX_COMMAND_LINE = 128 * 1024 - 1;

/** How long a group may take from SIGTERM to its end before SIGKILL. */
const GRACE_MS = 2000;

/**
 * Bash for paka's own part: it reads no rc file, as it would with sshd's socket for standard input, and takes no options, functions or
 * BASH_ENV from the environment.
 */
const BASH = ['bash', '--norc', '-pc'] as const;

/** A command made ready for a host: its argv behind launch.sh, the same as one line for a login shell, and the marker to look for. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  readonly line: string;
  readonly marker: string;
}

/**
 * Returns what starts a command on a host; see launch.sh for what that adds. Throws UsageError on a NUL byte, PakaError on a command too
 * long to be passed on.
 */
export function launch(command: Command): Launch {
  command.argv.forEach(assertNoNul);
  const marker = randomBytes(12).toString('hex');
  const program = hostProgram('launch.sh', import.meta.url);
  const argv = [...BASH, program.text, 'paka', marker, ...command.argv] as const;
  const line = commandLine({ argv });
  if (Buffer.byteLength(line) > MAX_COMMAND_LINE) {
    throw new PakaError(
      `${commandName(command)}: a command of ${Buffer.byteLength(line)} bytes is too long; ${MAX_COMMAND_LINE} can be passed to a host`,
      { hint: 'Long lists and data belong on standard input.' },
    );
  }
  return { argv, line, marker };
}

/** Returns the command that ends a process group on a host: SIGTERM, and SIGKILL after 2 s. */
export function endGroup(group: number): Command {
  const { text } = hostProgram('end-group.sh', import.meta.url);
  return { argv: [...BASH, text, 'paka', String(group), String(GRACE_MS / 50)] };
}

/** Returns the line that sshd hands to the user's login shell, which becomes the command, so that nothing stands between the two. */
export function commandLine(command: Command): string {
  return `exec ${quoteCommand(command)}`;
}
