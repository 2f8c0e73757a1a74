import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** One key of a known_hosts file: "SSH_KNOWN_HOSTS FILE FORMAT" in sshd(8). */
export interface KnownKey {
  /** The field of host names: patterns separated by commas, or one hashed name. */
  readonly names: string;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly type: string;
  readonly key: Buffer;
  /** Where it stands, for a message. */
  readonly source: string;
  readonly line: number;
}

/** The known keys of one host: those under its first name, and those under the name that ssh falls back to. */
export interface HostKeys {
  readonly own: readonly KnownKey[];
  readonly fallback: readonly KnownKey[];
}

/** A judgement of the key that a host presents, and the known keys that it rests on. */
export interface Verdict {
  readonly status: 'known' | 'unknown' | 'changed' | 'revoked' | 'authority-only';
  readonly keys: readonly KnownKey[];
}

/** Returns the keys in the text of a known_hosts file. Comments, blank lines and lines that are no host key are left out, as ssh does. */
export function parseKnownHosts(text: string, source: string): KnownKey[] {
  return text.split('\n').flatMap((content, index) => {
    const fields = content.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined;
    const [names, type, encoded] = fields;
    if (!names || names.startsWith('#') || !type || !encoded) return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const key = Buffer.from(encoded, 'base64');
    if (keyType(key) !== type) return [];
    return [{ names, marker, type, key, source, line: index + 1 }];
  });
}

/** Returns the keys of these files, in their order; a file that does not exist or cannot be read has none, as for ssh. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownKey[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text, index) => parseKnownHosts(text, files[index] ?? ''));
}

/** Returns the type that a public key in the wire format of RFC 4253 (6.6) begins with, or undefined where it is none. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && length <= 64 && key.length > 4 + length ? key.toString('latin1', 4, 4 + length) : undefined;
}

/** The name under which a host's key is looked up, and the one that is tried where the first has no key of that type. */
export type LookupNames = readonly [name: string, fallback?: string];

/** HostKeyAlias alone; else the address, with its port where that is not 22, and without. A key under the fallback never counts as changed. */
export function lookupNames(host: { hostname: string; port: number; hostKeyAlias: string | undefined }): LookupNames {
  const name = (host.hostKeyAlias ?? host.hostname).toLowerCase();
  return host.hostKeyAlias !== undefined || host.port === 22 ? [name] : [`[${name}]:${host.port}`, name];
}

/** Whether a names field of known_hosts means this name. A name that a `!pattern` matches is not meant, whatever else matches. */
export function matchesName(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name);
  let matched = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** `|1|salt|hash`: the HMAC-SHA1 of the name under the salt, both in base64. */
function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || !salt || !hash) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` is any text, `?` any one character: "PATTERNS" in ssh_config(5). */
function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`, 's').test(name);
}

/** Returns those of the known keys that mean this host, by the names it is looked up under. */
export function findHost(known: readonly KnownKey[], [name, fallback]: LookupNames): HostKeys {
  return {
    own: known.filter((entry) => matchesName(entry.names, name)),
    fallback: fallback === undefined ? [] : known.filter((entry) => matchesName(entry.names, fallback)),
  };
}

/** Returns the types of a host's known keys. The host is asked for a key of one of these, as it may have several. */
export function knownTypes({ own, fallback }: HostKeys): string[] {
  return [...new Set([...own, ...fallback].filter((entry) => entry.marker === undefined).map((entry) => entry.type))];
}

/** Judges the key that a host presents. */
export function judgeKey({ own, fallback }: HostKeys, key: Buffer): Verdict {
  const same = (entry: KnownKey): boolean => entry.key.equals(key);
  const plain = (entry: KnownKey): boolean => entry.marker === undefined;
  const verdict = (status: Verdict['status'], keys: readonly KnownKey[]): Verdict => ({ status, keys });

  const revoked = [...own, ...fallback].filter((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked.length > 0) return verdict('revoked', revoked);

  const keys = own.filter(plain);
  const ofType = keys.filter((entry) => entry.type === keyType(key));
  if (keys.some(same)) return verdict('known', keys.filter(same));
  if (ofType.length > 0) return verdict('changed', ofType);

  const elsewhere = fallback.filter((entry) => plain(entry) && same(entry));
  if (elsewhere.length > 0) return verdict('known', elsewhere);

  const authorities = own.filter((entry) => entry.marker === 'cert-authority');
  if (keys.length === 0 && authorities.length > 0) return verdict('authority-only', authorities);
  return verdict('unknown', keys);
}
