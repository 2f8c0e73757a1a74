import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { client } from '../lab/client.js';
import { checkout } from '../lab/layout.js';

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  /** On top of the lab's: undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** The environment in which paka finds the lab's hosts, and nothing of whoever runs the tests. */
export function labEnvironment(extra: CallOptions['env'] = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const lab = { PAKA_SSH_CONFIG: client.sshConfig, PAKA_SERVICES: client.services, NODE_EXTRA_CA_CERTS: client.ca };
  return { PATH, HOME, LANG: 'C.UTF-8', ...lab, ...extra };
}

/** Starts the real bin/run.js, its output in pipes. */
export function startPaka(args: readonly string[], { env, cwd }: CallOptions = {}): ChildProcess {
  return spawn(process.execPath, [join(checkout, 'bin/run.js'), ...args], {
    env: labEnvironment(env),
    cwd: cwd ?? checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the real bin/run.js to its end. */
export async function paka(args: readonly string[], options: CallOptions = {}): Promise<Result> {
  const child = startPaka(args, options);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}
