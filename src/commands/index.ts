import type { Command } from '@oclif/core';
import Status from './status.js';

/** Every command by its id; a topic's command is `topic:name`. */
export const commands: Readonly<Record<string, Command.Class>> = {
  status: Status,
};
