import type { Environment } from '../environment.js';
import type { HostKeyError } from '../errors.js';
import type { SshConfig } from './config.js';
import { findHost, judgeKey, knownTypes, lookupNames, parseKnownHosts, readKnownHosts } from './known-hosts.js';
import { refuse } from './refusal.js';
import { sshHome } from './tokens.js';

/** Verifies the key of one host against what is known of it. */
export interface HostKeyCheck {
  /** The key types to ask the host for, when it has several. */
  readonly types: readonly string[];
  /** Returns undefined for a key that is known for the host, else the error to refuse it with. */
  refusal(key: Buffer): HostKeyError | undefined;
}

/**
 * Returns the check of a host's key. PAKA_KNOWN_HOSTS holds the lines that count where it is set, so that a CI job trusts exactly what its
 * secret says; else the user's and the machine's known_hosts files do. There is no way around it: StrictHostKeyChecking is not looked at.
 */
export async function hostKeyCheck(name: string, config: SshConfig, env: Environment): Promise<HostKeyCheck> {
  const { userKnownHostsFiles, globalKnownHostsFiles } = config;
  const known =
    env.PAKA_KNOWN_HOSTS === undefined
      ? await readKnownHosts([...userKnownHostsFiles, ...globalKnownHostsFiles])
      : parseKnownHosts(env.PAKA_KNOWN_HOSTS, 'PAKA_KNOWN_HOSTS');
  const names = lookupNames(config);
  const keys = findHost(known, names);
  return {
    types: knownTypes(keys),
    refusal: (key) => {
      const verdict = judgeKey(keys, key);
      if (verdict.status === 'known') return undefined;
      const file = env.PAKA_KNOWN_HOSTS === undefined ? writableFile(userKnownHostsFiles) : undefined;
      return refuse({ name, lookup: names[0], config, key, file }, verdict);
    },
  };
}

/** Where the user's own lines belong. */
function writableFile(files: readonly string[]): string {
  return files.find((file) => file !== '/dev/null') ?? `${sshHome()}/.ssh/known_hosts`;
}
