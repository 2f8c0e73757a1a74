import type { Command } from '@oclif/core';
import Deploy from './deploy.js';
import History from './history.js';
import Rollback from './rollback.js';
import Status from './status.js';

/** Every command by its id; a topic's command is `topic:name`. */
export const commands: Readonly<Record<string, Command.Class>> = {
  deploy: Deploy,
  history: History,
  rollback: Rollback,
  status: Status,
};
