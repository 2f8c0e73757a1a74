import { spawn, type ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostControlGroup } from './cgroup.js';
import { sh } from './system.js';

/** Directories of this machine that a host sees read-only: from here, to there. */
export type Binds = Readonly<Record<string, string>>;

/** Neither needs a systemd on this machine; nothing of this machine's own configuration is copied into the host. */
const common = ['--quiet', '--register=no', '--keep-unit', '--resolv-conf=off', '--timezone=off', '--link-journal=no'];

/** Boots a root filesystem. The child is nspawn, which lives as long as the host does; it is not waited for. */
export function boot(
  root: string,
  options: { hostname: string; network: string; binds: Binds; group: HostControlGroup; console: number },
): ChildProcess {
  const args = [
    ...common,
    // Without a name of its own it would share the directories that nspawn keeps for the name of the root: `root`.
    `--machine=${options.group.name}`,
    ...['--boot', '--console=pipe', `--directory=${root}`, `--hostname=${options.hostname}`],
    ...[`--network-namespace-path=${options.network}`, ...bindArguments({ ...nodeOfThisMachine(), ...options.binds })],
  ];
  const stdio = ['ignore', options.console, options.console] as const;
  const child = spawn('sh', inGroup(options.group, args), { detached: true, stdio: [...stdio] });
  child.unref();
  return child;
}

/** Runs a program in a root filesystem that is not booted, without any network; returns its standard output. */
export function runInRoot(
  root: string,
  argv: readonly string[],
  options: { binds: Binds; group: HostControlGroup },
): string {
  options.group.create();
  try {
    const args = [
      ...common,
      `--machine=${options.group.name}`,
      '--private-network',
      '--pipe',
      `--directory=${root}`,
      ...bindArguments(options.binds),
    ];
    return sh('sh', inGroup(options.group, [...args, ...argv]));
  } finally {
    options.group.remove();
  }
}

/** The shell enters the control group before it becomes nspawn; its children inherit the group. */
function inGroup(group: HostControlGroup, args: readonly string[]): string[] {
  const enter = group.processFiles.map((file) => `echo $$ >'${file}' && `).join('');
  return ['-c', `${enter}exec systemd-nspawn "$@"`, 'nspawn', ...args];
}

/** Hosts run the Node and npm of this machine: a host's own would be a second copy of a version nobody asked for. */
function nodeOfThisMachine(): Binds {
  const node = realpathSync(process.execPath);
  return {
    [node]: '/usr/bin/node',
    [realpathSync(join(dirname(node), '../lib/node_modules'))]: '/usr/lib/node_modules',
  };
}

function bindArguments(binds: Binds): string[] {
  return Object.entries(binds).map(([from, to]) => `--bind-ro=${from}:${to}`);
}
