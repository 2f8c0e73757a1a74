import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { UsageError } from '../../errors.js';
import type { Environment } from '../environment.js';
import type { SshConfig } from './config.js';
import { keyType } from './known-hosts.js';
import type { SshLibrary } from './library.js';
import { sshHome } from './tokens.js';

/** A private key that can be used, and what messages call it: its file, or PAKA_SSH_KEY. */
export interface Identity {
  readonly label: string;
  readonly key: ParsedKey;
}

export interface Identities {
  /** In the order in which ssh would try them. */
  readonly usable: readonly Identity[];
  /** The public halves of all listed identities, in the wire format, also of those that only an agent can use. */
  readonly publicKeys: readonly Buffer[];
  /** What cannot be used, and why: one sentence each. */
  readonly unusable: readonly string[];
  /** What the config names, whether it exists or not. */
  readonly lookedFor: readonly string[];
}

type ParseKey = SshLibrary['ssh2']['utils']['parseKey'];

/** Returns the identities that the ssh config lists, or the one of PAKA_SSH_KEY alone; throws UsageError where that is no key. */
export async function loadIdentities(config: SshConfig, env: Environment, parseKey: ParseKey): Promise<Identities> {
  if (env.PAKA_SSH_KEY !== undefined) return keyOfEnvironment(env.PAKA_SSH_KEY, parseKey);
  const files = await Promise.all(config.identityFiles.map((file) => loadFile(file, parseKey)));
  const certificates = [...config.certificateFiles, ...config.identityFiles.map((file) => `${file}-cert.pub`)];
  const found = await Promise.all([...new Set(certificates)].map(async (file) => ((await read(file)) ? [file] : [])));
  return {
    usable: files.flatMap(({ identity }) => identity ?? []),
    publicKeys: files.flatMap(({ publicKey }) => publicKey ?? []),
    unusable: [
      ...files.flatMap(({ unusable }) => unusable ?? []),
      ...found.flat().map((file) => `${shortPath(file)} is a certificate, which paka cannot use.`),
    ],
    lookedFor: config.identityFiles.map(shortPath),
  };
}

interface LoadedFile {
  readonly identity?: Identity;
  readonly publicKey?: Buffer | undefined;
  readonly unusable?: string;
}

async function loadFile(file: string, parseKey: ParseKey): Promise<LoadedFile> {
  const [text, publicText] = await Promise.all([read(file), read(`${file}.pub`)]);
  const label = shortPath(file);
  const key = text === undefined ? undefined : parseKey(text);
  if (key && !(key instanceof Error)) {
    const publicKey = key.getPublicSSH();
    // An IdentityFile may be a public key: it picks one of the agent's.
    return key.isPrivateKey() ? { identity: { label, key }, publicKey } : { publicKey };
  }
  const publicKey = publicText === undefined ? undefined : publicHalf(publicText);
  if (!key) return { publicKey };
  return { publicKey, unusable: `${label} ${whyUnusable(key, publicKey && keyType(publicKey))}` };
}

function whyUnusable(error: Error, type: string | undefined): string {
  if (type?.startsWith('sk-')) return 'is kept in a security key (FIDO), which paka cannot use.';
  if (/encrypted/i.test(error.message)) return 'is encrypted: hand it to an agent with `ssh-add`.';
  return 'is not a private key in a format that paka reads; `ssh-keygen -p -f FILE` rewrites it in the format of OpenSSH.';
}

/** The key in a line of a `.pub` file. */
function publicHalf(text: string): Buffer | undefined {
  const encoded = text.trim().split(/[ \t]+/)[1];
  const key = Buffer.from(encoded ?? '', 'base64');
  return keyType(key) === undefined ? undefined : key;
}

function keyOfEnvironment(value: string, parseKey: ParseKey): Identities {
  // A secret store may have lost the last newline, or turned newlines into CRLF or into the two characters \n.
  const text = value.includes('\n') ? value.replaceAll('\r\n', '\n') : value.replaceAll('\\n', '\n');
  const key = parseKey(`${text.trim()}\n`);
  if (key instanceof Error || !key.isPrivateKey()) {
    const encrypted = key instanceof Error && /encrypted/i.test(key.message);
    const what = text.trim() === '' ? 'is empty' : encrypted ? 'is encrypted' : 'is not a private key';
    throw new UsageError(`PAKA_SSH_KEY ${what}`, {
      hint: encrypted
        ? 'It must be a key without a passphrase.'
        : 'It holds the whole text of a private key file, from the BEGIN line to the END line.',
    });
  }
  const identity = { label: 'PAKA_SSH_KEY', key };
  return { usable: [identity], publicKeys: [], unusable: [], lookedFor: [identity.label] };
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function shortPath(file: string): string {
  const home = `${sshHome()}/`;
  return file.startsWith(home) ? `~/${file.slice(home.length)}` : file;
}
