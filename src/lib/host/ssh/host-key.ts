import { createHash } from 'node:crypto';
import type { Environment } from '../environment.js';
import { HostKeyError } from '../errors.js';
import { quote } from '../quote.js';
import type { SshConfig } from './config.js';
import {
  findHost,
  judgeKey,
  keyType,
  knownTypes,
  lookupNames,
  parseKnownHosts,
  readKnownHosts,
  type KnownKey,
  type Verdict,
} from './known-hosts.js';
import { sshHome } from './tokens.js';

/** Verifies the key of one host against what is known of it. */
export interface HostKeyCheck {
  /** The key types to ask the host for, when it has several. */
  readonly types: readonly string[];
  /** Returns undefined for a key that is known for the host, else the error to refuse it with. */
  refusal(key: Buffer): HostKeyError | undefined;
}

/** The type's short name, which ssh-keygen and ssh-keyscan take for `-t`. */
const SHORT_TYPE: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ed25519',
  'ssh-rsa': 'rsa',
  'ecdsa-sha2-nistp256': 'ecdsa',
  'ecdsa-sha2-nistp384': 'ecdsa',
  'ecdsa-sha2-nistp521': 'ecdsa',
};

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

interface Presented {
  readonly name: string;
  readonly lookup: string;
  readonly config: SshConfig;
  readonly key: Buffer;
  /** Where a line for it belongs; undefined: in PAKA_KNOWN_HOSTS. */
  readonly file: string | undefined;
}

function refuse(presented: Presented, { status, keys }: Exclude<Verdict, { status: 'known' }>): HostKeyError {
  const { name, key } = presented;
  const places = keys.map((entry) => `${place(entry)} (${fingerprint(entry.key)})`).join(', ');
  const nothingSent = 'Nothing was sent to it.';
  const it = `${describeType(key)} key ${fingerprint(key)}`;
  switch (status) {
    case 'revoked':
      return new HostKeyError(name, `${name}: the host's key is revoked: ${it}`, {
        hint: `${nothingSent} It is marked @revoked in ${keys.map(place).join(', ')}.`,
      });
    case 'changed':
      return new HostKeyError(name, `${name}: the host's key has changed: it now shows the ${it}`, {
        hint: [
          `${nothingSent} Known is ${places}.`,
          'Someone may stand between you and the host, or the host was set up anew. Ask its owner which key it has:',
          ...showCommands(presented),
          'Only if the fingerprint is the same, put the new key in place of the old one:',
          ...forgetCommands(presented, keys),
          ...addCommands(presented),
        ].join('\n'),
      });
    case 'authority-only':
      return new HostKeyError(
        name,
        `${name}: the host is known by a certificate authority only, which paka cannot verify`,
        {
          hint: [
            `${nothingSent} ${keys.map(place).join(', ')} holds a @cert-authority line; paka needs the host's own key, which is the ${it}.`,
            'Compare the fingerprint with what the host’s owner tells you:',
            ...showCommands(presented),
            'Only if it is the same, add the key:',
            ...addCommands(presented),
          ].join('\n'),
        },
      );
    default:
      return new HostKeyError(name, `${name}: the host's key is not known: ${it}`, {
        hint: [
          `${nothingSent}${keys.length > 0 ? ` Known are keys of other types: ${places}.` : ''}`,
          'Compare the fingerprint with what the host’s owner tells you, or see it on the host itself:',
          ...showCommands(presented),
          'Only if it is the same, add the key:',
          ...addCommands(presented),
        ].join('\n'),
      });
  }
}

/** How its owner sees the key on the host, and, where the host can be asked directly, how ssh sees it from here. */
function showCommands({ key, config }: Presented): string[] {
  const type = SHORT_TYPE[keyType(key) ?? ''] ?? 'ed25519';
  const direct = config.proxyCommand === undefined && config.proxyJump === undefined;
  const port = config.port === 22 ? '' : `-p ${config.port} `;
  return [
    `  on the host:  ssh-keygen -lf /etc/ssh/ssh_host_${type}_key.pub`,
    ...(direct ? [`  from here:    ssh-keyscan -t ${type} ${port}${quote(config.hostname)} | ssh-keygen -lf -`] : []),
  ];
}

/** Adds the very key whose fingerprint is shown; ssh-keyscan would ask the network for one again. */
function addCommands({ key, lookup, file }: Presented): string[] {
  const line = `${lookup} ${keyType(key) ?? ''} ${key.toString('base64')}`;
  return file === undefined
    ? [`  this line in PAKA_KNOWN_HOSTS:  ${line}`]
    : [`  echo ${quote(line)} >> ${quote(file)}`];
}

function forgetCommands({ lookup, file }: Presented, keys: readonly KnownKey[]): string[] {
  if (file === undefined) return [`  without ${keys.map(place).join(', ')}`];
  const files = new Set(keys.map((entry) => entry.source));
  return [...files].map((source) => `  ssh-keygen -R ${quote(lookup)} -f ${quote(source)}`);
}

function writableFile(files: readonly string[]): string {
  return files.find((file) => file !== '/dev/null') ?? `${sshHome()}/.ssh/known_hosts`;
}

function place({ source, line, type }: KnownKey): string {
  return `the ${SHORT_TYPE[type]?.toUpperCase() ?? type} key in ${source}:${line}`;
}

function describeType(key: Buffer): string {
  const type = keyType(key) ?? 'unknown';
  return SHORT_TYPE[type]?.toUpperCase() ?? type;
}

/** Returns the key's fingerprint as ssh shows it: SHA256 in base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
