import type { EnvironmentName } from '../lab/lab.js';
import { checkout, layout } from '../lab/layout.js';
import type { Machine } from '../lab/machine.js';
import { sh } from '../lab/system.js';

/** Runs a program on a host as the deploy user and returns its standard output; throws with its standard error. */
export function runAsDeploy(machine: Machine, ...argv: readonly string[]): string {
  return machine.exec(['runuser', '-u', 'deploy', '--', 'env', 'HOME=/home/deploy', ...argv]);
}

/** Makes a host anew, in the state of the origin's branch; throws where its services then do not answer. */
export function resetHost(name: EnvironmentName): void {
  // By the command, as that waits for the lab's lock: a lab of another checkout may be making its image just now.
  const command = [process.execPath, '--import', 'tsx', 'test/lab/cli.ts', 'reset', name];
  sh('flock', ['--close', layout.lock, ...command], { cwd: checkout });
}
