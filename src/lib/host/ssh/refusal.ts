import { createHash } from 'node:crypto';
import { HostKeyError } from '../errors.js';
import { quote } from '../quote.js';
import type { SshConfig } from './config.js';
import { keyType, type KnownKey, type Verdict } from './known-hosts.js';

/** The type's short name, which ssh-keygen and ssh-keyscan take for `-t`. */
const SHORT_TYPE: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ed25519',
  'ssh-rsa': 'rsa',
  'ecdsa-sha2-nistp256': 'ecdsa',
  'ecdsa-sha2-nistp384': 'ecdsa',
  'ecdsa-sha2-nistp521': 'ecdsa',
};

/** A host's key that is refused. */
export interface Presented {
  readonly name: string;
  /** The name under which it is looked up. */
  readonly lookup: string;
  readonly config: SshConfig;
  readonly key: Buffer;
  /** The known_hosts file in which a line for it belongs; undefined where that is PAKA_KNOWN_HOSTS. */
  readonly file: string | undefined;
}

/** Returns the error for a key that is not known for its host: what is wrong, how to see which key is right, and how to add that one. */
export function refuse(presented: Presented, { status, keys }: Verdict): HostKeyError {
  const { name, key } = presented;
  const it = `${describeType(key)} key ${fingerprint(key)}`;
  const places = keys.map(place).join(', ');
  const prints = keys.map((entry) => `${place(entry)} (${fingerprint(entry.key)})`).join(', ');
  const refusal = (what: string, ...hint: string[]): HostKeyError =>
    new HostKeyError(name, `${name}: ${what}`, { hint: ['Nothing was sent to it.', ...hint].join('\n') });
  const compare = [
    'Compare the fingerprint with what the owner of the host tells you, or see it on the host itself:',
    ...showCommands(presented),
  ];

  switch (status) {
    case 'revoked':
      return refusal(`the host's key is revoked: ${it}`, `It is marked @revoked: ${places}.`);
    case 'changed':
      return refusal(
        `the host's key has changed: it now shows the ${it}`,
        `Known is ${prints}. Someone may stand between you and the host, or it was set up anew.`,
        ...compare,
        'Only if it is the same, put the new key in place of the old one:',
        ...forgetCommands(presented, keys),
        ...addCommands(presented),
      );
    case 'authority-only':
      return refusal(
        `the host is known by a certificate authority only, which paka cannot verify; it shows the ${it}`,
        `paka needs the host's own key beside the @cert-authority line: ${places}.`,
        ...compare,
        'Only if it is the same, add the key:',
        ...addCommands(presented),
      );
    default:
      return refusal(
        `the host's key is not known: ${it}`,
        ...(keys.length > 0 ? [`Known are keys of other types: ${prints}.`] : []),
        ...compare,
        'Only if it is the same, add the key:',
        ...addCommands(presented),
      );
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
  return file === undefined ? [`  put into PAKA_KNOWN_HOSTS:  ${line}`] : [`  echo ${quote(line)} >> ${quote(file)}`];
}

function forgetCommands({ lookup, file }: Presented, keys: readonly KnownKey[]): string[] {
  if (file === undefined) return [`  take out:  ${keys.map(place).join(', ')}`];
  const files = new Set(keys.map((entry) => entry.source));
  return [...files].map((source) => `  ssh-keygen -R ${quote(lookup)} -f ${quote(source)}`);
}

function place({ source, line, type }: KnownKey): string {
  return `the ${SHORT_TYPE[type]?.toUpperCase() ?? type} key in ${source}:${line}`;
}

function describeType(key: Buffer): string {
  const type = keyType(key) ?? 'unknown';
  return SHORT_TYPE[type]?.toUpperCase() ?? type;
}

/** Returns the key's fingerprint as ssh shows it: SHA256 in base64 without padding. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
