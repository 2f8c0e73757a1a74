import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';
import { environmentFilePart } from '../systemd/environment-file.js';

const parts = [
  'secrets.sh',
  'run-ledger.sh',
  'work-steps.sh',
  'switch-record.sh',
  'gate.sh',
  'switch.sh',
  'holder.sh',
] as const;

/** Returns the command that runs the holder on a host: files that make one program. */
export function holderCommand(mode: 'hold', ...args: string[]): Command {
  const own = parts.map((name) => hostProgram(name, import.meta.url).text);
  return programCommand({ name: 'holder.sh', text: [environmentFilePart(), ...own].join('\n') }, mode, ...args);
}
