import { Args, Flags } from '@oclif/core';
import { RunCommand } from '../cli/run-command.js';
import type { RunReport } from '../lib/deploy/report.js';

export default class Deploy extends RunCommand {
  static override summary = 'Bring the services of an environment to the newest commit of its branch.';
  static override description = `Builds and restarts only what changed, waits until each service is healthy, and takes everything back where one is not.

Exit codes:
  0    deployed, or nothing to do
  1    failed with nothing switched
  2    the call or services.json is wrong
  3    a host cannot be reached
  4    another run holds the lock
  5    failed and rolled back
  6    failed and could not be undone
  130  interrupted`;
  static override examples = [
    '<%= config.bin %> deploy production',
    '<%= config.bin %> deploy production --dry-run',
    '<%= config.bin %> deploy staging --ref 71039f7',
    '<%= config.bin %> deploy production --yes --wait 10m',
  ];
  static override args = { environment: Args.string({ description: 'The environment to deploy to.' }) };
  static override flags = {
    ...RunCommand.runFlags,
    ref: Flags.string({ helpValue: 'COMMIT', summary: 'Deploy this commit of the branch instead of the newest.' }),
    'allow-older': Flags.boolean({ summary: 'Deploy a commit that is older than what runs.' }),
  };

  async run(): Promise<RunReport> {
    const { args, flags } = await this.parse(Deploy);
    const goal = { kind: 'deploy', ref: flags.ref, allowOlder: flags['allow-older'] } as const;
    return this.perform(goal, { environment: args.environment, ...flags });
  }
}
