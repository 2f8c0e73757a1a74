import { Errors } from '@oclif/core';
import { ExitCode, PakaError } from '../lib/errors.js';
import { paletteFor } from '../lib/output/palette.js';
import { describeTerminal } from '../lib/output/terminal.js';
import { hintLines } from '../lib/output/text.js';
import { harmless } from '../lib/text.js';
import { OutputClosedError } from './interruption.js';

/** A failure as it is shown: what and where, what to do, and the exit code. */
export interface Failure {
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
}

/** Returns what to tell of anything that was thrown. Only a defect of paka itself comes with a stack trace. */
export function describeFailure(error: unknown, argv: readonly string[]): Failure {
  if (error instanceof PakaError) return { message: error.message, hint: error.hint, exitCode: error.exitCode };
  if (error instanceof Errors.CLIError) {
    // oclif's own errors are all about the call: unknown flags, missing arguments, values out of range.
    const [message = '', ...rest] = error.message.split('\n').filter((line) => !line.startsWith('See more help with'));
    const details = message.startsWith('Parsing --') ? '' : rest.filter((line) => line.trim() !== '').join('\n');
    return {
      message: [message.replace(/^Nonexistent flag/, 'Unknown flag'), ...(/^Parsing --/.test(message) ? rest : [])]
        .map((line) => line.trim().replace(/^Parsing (--\S+)$/, '$1:'))
        .join(' '),
      hint: [details, `paka ${commandOf(argv)}--help shows what it takes.`].filter((line) => line !== '').join('\n'),
      exitCode: ExitCode.usage,
    };
  }
  const outputFault = outputFaultInWords(error);
  if (outputFault !== undefined) return { message: outputFault, hint: undefined, exitCode: ExitCode.unhealthy };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: `paka failed in a way it should not: ${error instanceof Error ? error.message : String(error)}`,
    hint: process.env['PAKA_DEBUG'] ? stack : 'PAKA_DEBUG=1 shows where; please report it with that output.',
    exitCode: ExitCode.unhealthy,
  };
}

/** Standard output may be a file on a full disk, or a device that takes nothing. */
function outputFaultInWords(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return syscall === 'write' && code !== undefined ? `the output cannot be written: ${code}` : undefined;
}

/** Tells a failure where it belongs (JSON to standard output, words to standard error) and sets the exit code. */
export function reportFailure(error: unknown, argv: readonly string[]): void {
  if (error instanceof Errors.ExitError) {
    process.exitCode = error.oclif.exit ?? 0;
    return;
  }
  const failure = describeFailure(error, argv);
  process.exitCode = failure.exitCode;
  if (error instanceof OutputClosedError) return;
  if (wantsJson(argv)) {
    const { message, hint, exitCode } = failure;
    const shown = { ok: false, error: { message, ...(hint !== undefined && { hint }), exitCode } };
    process.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
    return;
  }
  const terminal = describeTerminal(process.stderr, process.env);
  const palette = paletteFor(terminal);
  const lines = (text: string): string[] => text.split('\n').map((line) => harmless(line));
  const [first = '', ...rest] = lines(failure.message);
  const hint = failure.hint === undefined ? [] : hintLines(failure.hint, terminal.width, '  ');
  process.stderr.write(`${[`${palette.bad('Error:')} ${first}`, ...rest, ...hint].join('\n')}\n`);
}

/** Whether this call asked for JSON: a `--json` behind `--` is an argument. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

function commandOf(argv: readonly string[]): string {
  const [name] = argv;
  return name === undefined || name.startsWith('-') ? '' : `${name} `;
}
