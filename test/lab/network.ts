import { existsSync } from 'node:fs';
import { addresses, labId } from './layout.js';
import { sh, tryRun } from './system.js';

/** A network namespace with one link to this machine. It has no default route: nothing leaves the lab. */
export class HostNetwork {
  readonly address: string;
  readonly #machineAddress: string;
  readonly #link: string;

  constructor(
    readonly namespace: string,
    index: number,
  ) {
    const { machine, host } = addresses(index);
    this.address = host;
    this.#machineAddress = machine;
    this.#link = `paka${labId}n${index}`;
  }

  get path(): string {
    return `/run/netns/${this.namespace}`;
  }

  create(): void {
    this.remove();
    sh('ip', ['netns', 'add', this.namespace]);
    sh('ip', ['link', 'add', this.#link, 'type', 'veth', 'peer', 'name', 'host0', 'netns', this.namespace]);
    sh('ip', ['addr', 'add', `${this.#machineAddress}/30`, 'dev', this.#link]);
    sh('ip', ['link', 'set', this.#link, 'up']);
    sh('ip', ['-n', this.namespace, 'addr', 'add', `${this.address}/30`, 'dev', 'host0']);
    sh('ip', ['-n', this.namespace, 'link', 'set', 'host0', 'up']);
    sh('ip', ['-n', this.namespace, 'link', 'set', 'lo', 'up']);
  }

  remove(): void {
    if (existsSync(`/sys/class/net/${this.#link}`)) tryRun('ip', ['link', 'delete', this.#link]);
    if (existsSync(this.path)) sh('ip', ['netns', 'delete', this.namespace]);
  }
}
