import { commandName, type Command } from './command.js';
import { CommandFailedError } from './errors.js';
import type { Exit, Host, Outcome } from './host.js';
import { lastLines } from './text.js';

const STDERR_LINES = 5;

/** Says how a command ended, in words that follow its name: `failed with exit code 3`, `was ended by SIGKILL`. */
export function exitWords(exit: Exit): string {
  if (exit.code === null) return `was ended by ${exit.signal}`;
  if (exit.code === 0) return 'succeeded';
  // The shell's own codes: "Exit Status" in bash(1).
  if (exit.code === 127) return 'was not found (exit code 127)';
  if (exit.code === 126) return 'cannot be executed (exit code 126)';
  return `failed with exit code ${exit.code}`;
}

/**
 * Returns the outcome of a command that succeeded; throws CommandFailedError for any other, with how it ended and the last lines
 * that it wrote to standard error. Arguments are not shown.
 */
export function expectSuccess(host: Pick<Host, 'name'>, command: Command, outcome: Outcome): Outcome {
  if (outcome.exit.code === 0) return outcome;
  const lines = lastLines(outcome.stderr, STDERR_LINES).map((line) => `\n  ${line}`);
  throw new CommandFailedError(
    host.name,
    `${host.name}: ${commandName(command)} ${exitWords(outcome.exit)}${lines.join('')}`,
  );
}
