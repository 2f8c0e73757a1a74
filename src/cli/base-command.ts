import { join } from 'node:path';
import { Command, Flags } from '@oclif/core';
import { resolveScope, type Scope, type ScopeOptions } from '../lib/inventory/scope.js';
import { describeTerminal, type Terminal } from '../lib/output/terminal.js';
import { interruptionSignal, type InterruptionOptions } from './interruption.js';

/** The working directory may be gone: then nothing is looked for there. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** What every command has: `--json`, `--services`, one abort signal, and one view of the terminal. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    services: Flags.string({
      helpValue: 'FILE',
      summary: 'The inventory to use.',
      description: 'Else PAKA_SERVICES, services.json here or in a parent directory, or the one that comes with paka.',
      helpGroup: 'GLOBAL',
    }),
  };

  /** What a signal, or a closed output, means to the work. */
  protected readonly interruption: InterruptionOptions = { graceMs: 10_000, outlivesOutput: false };
  #signal: AbortSignal | undefined;

  /** Aborts on SIGINT, SIGTERM, SIGHUP, and when the reader of standard output has gone. */
  protected get signal(): AbortSignal {
    return (this.#signal ??= interruptionSignal(this.interruption));
  }

  protected override async init(): Promise<void> {
    await super.init();
    // From the very beginning: a signal must not find the process without a listener.
    this.#signal ??= interruptionSignal(this.interruption);
  }

  /** What standard output can show. */
  protected get terminal(): Terminal {
    return describeTerminal(process.stdout, process.env);
  }

  /** The inventory and the environments that this call is about. Throws UsageError. */
  protected scope(options: Pick<ScopeOptions, 'services' | 'environment' | 'local'>): Scope {
    const shipped = join(this.config.root, 'services.json');
    return resolveScope({ ...options, env: process.env, cwd: currentDirectory(), shipped });
  }

  /** Writes text for people to standard output; with --json that holds JSON and nothing else. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) process.stdout.write(`${text}\n`);
  }

  /** oclif would print the error and choose an exit code here; `main` does both, the same for every failure. */
  // eslint-disable-next-line @typescript-eslint/require-await
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }

  /** The same text into a terminal and into a pipe: oclif would colour it. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`);
  }
}
