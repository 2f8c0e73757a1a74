import type { Environment } from './environment.js';
import type { Host } from './host.js';
import { LocalHost } from './local-host.js';
import { SshHost } from './ssh/ssh-host.js';

export interface OpenOptions {
  /** Whether the host is this machine. */
  readonly local: boolean;
  /** Where PAKA_SSH_CONFIG, PAKA_SSH_KEY, PAKA_KNOWN_HOSTS and SSH_AUTH_SOCK come from, and what local commands inherit. */
  readonly env: Environment;
}

/**
 * Returns the host by this name. Nothing is opened before its first command, and the caller closes it. It takes no abort signal of its
 * own: after an interruption there may be something left to do on the host.
 */
export function openHost(name: string, { local, env }: OpenOptions): Host {
  return local ? new LocalHost(name, env) : new SshHost(name, env);
}
