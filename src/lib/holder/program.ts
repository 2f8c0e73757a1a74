import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';

/** Returns the command that runs the holder on a host: two files that make one program. */
export function holderCommand(mode: 'hold' | 'recover', ...args: string[]): Command {
  const parts = ['switch.sh', 'holder.sh'].map((name) => hostProgram(name, import.meta.url).text);
  return programCommand({ name: 'holder.sh', text: parts.join('\n') }, mode, ...args);
}
