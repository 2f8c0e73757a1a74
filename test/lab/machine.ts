import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { HostControlGroup } from './cgroup.js';
import { labId, layout } from './layout.js';
import { HostNetwork } from './network.js';
import { boot, runInRoot, type Binds } from './nspawn.js';
import { Overlay } from './overlay.js';
import { kill, leaderOf, powerCut, supervisorsBelow } from './process.js';
import { sh, tryRun, until } from './system.js';

/** This machine's own variables, such as those that npm sets for its children, mean other things on a host. */
export const rootEnvironment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
];

/**
 * One lab host: a root filesystem of its own, systemd as PID 1, a network namespace with one link.
 * What it is doing is read from the system at each question, so a lab left by a killed run can be cleaned up.
 */
export class Machine {
  readonly network: HostNetwork;
  readonly overlay: Overlay;
  readonly #group: HostControlGroup;

  constructor(
    readonly name: string,
    index: number,
    layers: readonly string[] = [],
  ) {
    this.overlay = new Overlay(join(layout.hosts, name), layers);
    this.network = new HostNetwork(`paka-${labId}-${name}`, index);
    this.#group = new HostControlGroup(`paka-lab-${labId}-${name}`);
  }

  get console(): string {
    return join(layout.hosts, `${this.name}.console`);
  }

  /** Boots the host with its disk as it is and returns at once: see `ready`. */
  boot(binds: Binds): void {
    this.overlay.mount();
    this.network.create();
    // What an earlier boot left of it.
    this.#group.remove();
    this.#group.create();
    const console = openSync(this.console, 'a');
    boot(this.overlay.root, { hostname: this.name, network: this.network.path, binds, group: this.#group, console });
    closeSync(console);
  }

  /** Runs a program in the root filesystem of the host before it is booted. */
  runBeforeBoot(argv: readonly string[], binds: Binds): string {
    return runInRoot(this.overlay.root, argv, { binds, group: this.#group });
  }

  /** The pid of the host's PID 1 as this machine sees it; undefined where the host is not running. */
  get leader(): number | undefined {
    const [supervisor] = supervisorsBelow(this.overlay.directory);
    return supervisor === undefined ? undefined : leaderOf(supervisor);
  }

  /** The arguments with which `nsenter` runs a program as root on the running host. */
  get enterArguments(): string[] | undefined {
    const leader = this.leader;
    return leader === undefined ? undefined : ['-t', String(leader), '-a', '--'];
  }

  /** Resolves when this unit of the host is active; by default its sshd, which is up well before the services. */
  async ready(unit = 'ssh.service', limitMs = 20_000): Promise<void> {
    await until(`${this.name}: ${unit} is active (console: ${this.console})`, limitMs, () => {
      const enter = this.enterArguments;
      return enter !== undefined && tryRun('nsenter', [...enter, 'systemctl', 'is-active', unit]) ? true : undefined;
    });
  }

  /** Runs a program on the host as root, in an environment of the host's own, and returns its standard output. */
  exec(argv: readonly string[], options: { input?: string } = {}): string {
    const enter = this.enterArguments;
    if (enter === undefined) throw new Error(`${this.name} is not running: npm run lab -- up`);
    return sh('nsenter', [...enter, 'env', '-i', ...rootEnvironment, ...argv], options);
  }

  /** Ends the host as a power cut does: PID 1 is killed, and the kernel ends all else in its namespace. */
  async powerCut(): Promise<void> {
    await Promise.all(supervisorsBelow(this.overlay.directory).map(powerCut));
    // A host outlives an nspawn that was killed.
    await Promise.all(this.#group.processes.map(kill));
  }

  /** Shuts the host down in order, each service stopped by systemd, and resolves when it is off. */
  async powerOff(): Promise<void> {
    this.exec(['systemctl', 'poweroff']);
    // systemd gives a service that does not stop a minute and a half, then kills it.
    await until(`${this.name} is off (console: ${this.console})`, 120_000, () =>
      supervisorsBelow(this.overlay.directory).length === 0 ? true : undefined,
    );
  }

  /** Powers the host off and removes all that it left on this machine: mounts, link, namespace, groups, files. */
  async remove(): Promise<void> {
    await this.powerCut();
    this.network.remove();
    this.#group.remove();
    this.overlay.remove();
  }
}
