import { command, type Command } from '../host/command.js';

/*
 * The only place that spells sudo. The deploy user may run exactly these: one unit a call, its whole name. A pattern, a
 * second unit or an option would be allowed by a sudoers file with `*` in it, and do more than was meant: sudoers(5).
 */

const SYSTEMCTL = '/bin/systemctl';

/** The words in front of the unit's name in a restart: a host program that restarts by itself is given these. */
export const restartPrefix = ['sudo', '-n', SYSTEMCTL, 'restart'] as const;

/** Returns the command that restarts one unit. */
export function restartUnit(unit: string): Command {
  return command(...restartPrefix, unit);
}

/** The words in front of the unit's name that ask by an exit code whether this user may restart it; nothing is restarted. */
export const mayRestartPrefix = ['sudo', '-n', '-l', SYSTEMCTL, 'restart'] as const;
