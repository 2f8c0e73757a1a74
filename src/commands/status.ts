import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { WaitingNote } from '../cli/waiting-note.js';
import { renderStatus } from '../lib/output/status/render.js';
import type { StatusReport } from '../lib/status/report.js';
import { status, statusExitCode } from '../lib/status/status.js';

export default class Status extends BaseCommand {
  static override summary = 'Show how every service of an environment is, what is wrong, and why.';
  static override description = `Looks at three signals of each service: its unit is up, its port listens, its health check answers.
Without an environment it shows that of this machine if it is a host, else all environments.

Exit codes: 0 all well, 1 something is not, 2 the call or services.json is wrong, 3 a host cannot be reached.`;
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status production --faults',
    "<%= config.bin %> status --json | jq -r '.environments[].hosts[].services[] | select(.well | not) | .name'",
  ];
  static override args = { environment: Args.string({ description: 'The environment to look at.' }) };
  static override flags = {
    faults: Flags.boolean({ summary: 'Leave out what is well.' }),
    local: Flags.boolean({ summary: 'Look at this machine, without SSH.' }),
  };

  async run(): Promise<StatusReport> {
    const { args, flags } = await this.parse(Status);
    const scope = this.scope({ services: flags.services, environment: args.environment, local: flags.local });
    const report = await status({ ...scope, signal: this.signal, observer: new WaitingNote() });
    process.exitCode = statusExitCode(report);
    this.print(renderStatus(report, { terminal: this.terminal, now: new Date(), faultsOnly: flags.faults }));
    return report;
  }
}
