import { Args, Flags } from '@oclif/core';
import { RunCommand } from '../cli/run-command.js';
import { history, type HistoryReport } from '../lib/deploy/history.js';
import type { RunReport } from '../lib/deploy/report.js';
import { renderHistory } from '../lib/output/history.js';

export default class Rollback extends RunCommand {
  static override summary = 'Go back to the last good deploy of an environment, without building.';
  static override description = `Restarts only what differs, waits until each service is healthy, and prints the command that undoes it.
A second rollback goes further back, never to what the first one left.

Exit codes: as of deploy.`;
  static override examples = [
    '<%= config.bin %> rollback production',
    '<%= config.bin %> rollback production --list',
    '<%= config.bin %> rollback production --to 20261123T064853Z-71039f7',
  ];
  static override args = { environment: Args.string({ description: 'The environment to roll back.' }) };
  static override flags = {
    ...RunCommand.runFlags,
    to: Flags.string({ helpValue: 'ID', summary: 'Go to the state of this run instead: see --list.' }),
    list: Flags.boolean({
      summary: 'Show what can be gone back to, and change nothing.',
      exclusive: ['to', 'dry-run'],
    }),
  };

  async run(): Promise<RunReport | HistoryReport> {
    const { args, flags } = await this.parse(Rollback);
    if (!flags.list) {
      const goal = { kind: 'rollback', to: flags.to } as const;
      return this.perform(goal, { environment: args.environment, ...flags });
    }
    const scope = this.scope({ services: flags.services, environment: args.environment, local: flags.local });
    const report = await history(scope, 'rollback', this.signal);
    this.print(renderHistory(report.hosts, this.terminal, new Date(), { rollbackTargets: true }));
    return report;
  }
}
