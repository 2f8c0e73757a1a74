import { spawnSync } from 'node:child_process';

/** Runs a program of this machine and returns its standard output; throws with its standard error where it fails. */
export function sh(program: string, args: readonly string[], options: { input?: string; cwd?: string } = {}): string {
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    const how = result.signal ?? `exit ${String(result.status)}`;
    throw new Error(`${program} ${args.join(' ')}: ${how}\n${result.stderr.trim() || result.stdout.trim()}`);
  }
  return result.stdout;
}

/** Like `sh`, for clean-up steps whose subject may be gone already: returns whether it succeeded. */
export function tryRun(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Calls `probe` every `everyMs` until it returns something other than undefined; throws after `limitMs`. */
export async function until<T>(
  what: string,
  limitMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
