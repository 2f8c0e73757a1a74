import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { history, type HistoryReport } from '../lib/deploy/history.js';
import { renderHistory } from '../lib/output/history.js';

export default class History extends BaseCommand {
  static override summary = 'Show who deployed what to an environment, when, and what came of it.';
  static override description = `Reads the ledger that each host keeps of its runs.

Exit codes: 0 shown, 2 the call or services.json is wrong, 3 a host cannot be reached.`;
  static override examples = [
    '<%= config.bin %> history production',
    "<%= config.bin %> history production --json | jq -r '.hosts[].runs[] | [.began, .outcome, .to] | @tsv'",
  ];
  static override args = { environment: Args.string({ description: 'The environment to look at.' }) };
  static override flags = { local: Flags.boolean({ summary: 'Look at this machine, without SSH.' }) };

  async run(): Promise<HistoryReport> {
    const { args, flags } = await this.parse(History);
    const scope = this.scope({ services: flags.services, environment: args.environment, local: flags.local });
    const report = await history(scope, 'history', this.signal);
    this.print(renderHistory(report.hosts, this.terminal, new Date()));
    return report;
  }
}
