import { Flags } from '@oclif/core';
import { deployOrRollback, oneEnvironment } from '../lib/deploy/deploy.js';
import { ExitCode } from '../lib/errors.js';
import type { RunReport } from '../lib/deploy/report.js';
import type { Goal } from '../lib/deploy/request.js';
import { runExitCode } from '../lib/deploy/run.js';
import { renderPlan } from '../lib/output/run/plan.js';
import { renderRunReport } from '../lib/output/run/report.js';
import { runView } from '../lib/output/run/view.js';
import { BaseCommand } from './base-command.js';
import { confirm } from './confirm.js';
import { parseWait } from './wait.js';

interface RunFlags {
  readonly environment: string | undefined;
  readonly services: string | undefined;
  readonly local: boolean;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
  readonly parallel: number;
  readonly wait: string | undefined;
}

/** What deploy and rollback have in common: both take the lock, switch services, and can take that back. */
export abstract class RunCommand extends BaseCommand {
  static runFlags = {
    'dry-run': Flags.boolean({ default: false, summary: 'Show the plan and every command of it, and change nothing.' }),
    local: Flags.boolean({ default: false, summary: 'Work on this machine, without SSH.' }),
    parallel: Flags.integer({
      summary: 'So many services are built or restarted at a time.',
      default: 4,
      min: 1,
      max: 64,
    }),
    wait: Flags.string({ helpValue: 'TIME', summary: 'Wait so long for a lock that another run holds: 90s, 10m, 1h.' }),
    yes: Flags.boolean({ char: 'y', default: false, summary: 'Do not ask.' }),
  };

  /** The host may have to restart services to take back what was switched: a second signal leaves at once. */
  protected override readonly interruption = { graceMs: 15 * 60_000, outlivesOutput: true };

  /** Carries a run out, shows it, and sets the exit code. */
  protected async perform(goal: Goal, flags: RunFlags): Promise<RunReport> {
    const scope = this.scope(flags);
    const environment = oneEnvironment(scope, goal.kind);
    const waitSeconds = flags.wait === undefined ? 0 : parseWait(flags.wait);
    const { terminal } = this;
    const json = this.jsonEnabled();
    const view = await runView({ terminal, stream: process.stdout, hosts: environment.hosts, json });
    const asks = environment.confirm && !flags.yes && terminal.interactive && process.stdin.isTTY && !json;
    const ask = async (plan: RunReport): Promise<boolean> => {
      view.pause();
      this.print(renderPlan(plan, terminal));
      return confirm(goal.kind === 'deploy' ? 'Deploy this?' : 'Roll back to this?', this.signal);
    };
    let report: RunReport;
    try {
      report = await deployOrRollback(scope, {
        goal,
        parallel: flags.parallel,
        waitSeconds,
        dryRun: flags['dry-run'],
        confirm: asks ? ask : undefined,
        emit: (event) => {
          view.emit(event);
        },
        signal: this.signal,
      });
    } finally {
      view.close();
    }
    const code = runExitCode(report);
    process.exitCode = this.signal.aborted && code !== ExitCode.undoFailed ? ExitCode.interrupted : code;
    const left = report.from === report.to ? undefined : this.undoWith(report);
    this.print(
      report.dryRun && report.result === 'planned'
        ? renderPlan(report, terminal)
        : renderRunReport(report, terminal, left === undefined ? {} : { undoWith: left }),
    );
    return report;
  }

  /** The state that a run left, for the command that goes back to it. */
  protected undoWith(report: RunReport): string | undefined {
    return report.hosts[0]?.leaves ?? undefined;
  }
}
