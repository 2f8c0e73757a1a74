import { readdirSync, readFileSync } from 'node:fs';
import { until } from './system.js';

/** Returns the pids of the nspawns whose root filesystem is at or below a directory. */
export function supervisorsBelow(directory: string): number[] {
  return processes(([program, ...args]) => {
    const root = args.find((arg) => arg.startsWith('--directory='))?.slice('--directory='.length) ?? '';
    const isBelow = root === directory || root.startsWith(`${directory}/`);
    return program?.endsWith('systemd-nspawn') === true && isBelow;
  });
}

/** Returns the pids of the processes that have such an argument. */
export function processesWithArgument(pattern: RegExp): number[] {
  return processes((argv) => argv.some((arg) => pattern.test(arg)));
}

/** Returns the pid of the PID 1 that an nspawn looks after, as this machine sees it; undefined while there is none. */
export function leaderOf(supervisor: number): number | undefined {
  const [child = ''] = readProcess(supervisor, `task/${supervisor}/children`).trim().split(' ');
  return child === '' ? undefined : Number(child);
}

/** Ends an nspawn as a power cut ends a host: its PID 1 is killed, and the kernel ends all else in that namespace. */
export async function powerCut(supervisor: number): Promise<void> {
  await kill(leaderOf(supervisor) ?? supervisor);
  await untilGone(supervisor);
}

/** Ends a process at once; it may have ended already. */
export async function kill(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await untilGone(pid);
}

async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} has ended`, 10_000, () => (isAlive(pid) ? undefined : true));
}

/** A zombie has ended: only its parent has not asked for it yet. */
function isAlive(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(readProcess(pid, 'status'))?.[1];
  return state !== undefined && state !== 'Z';
}

function processes(matches: (argv: readonly string[]) => boolean): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const isProcess = /^\d+$/.test(entry) && Number(entry) !== process.pid;
    return isProcess && matches(readProcess(entry, 'cmdline').split('\0')) ? [Number(entry)] : [];
  });
}

/** A process may end at any moment: then there is nothing to read. */
function readProcess(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
