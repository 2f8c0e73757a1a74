import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { hostname as localHostname } from 'node:os';
import { promisify } from 'node:util';
import { UsageError } from '../../errors.js';
import { childEnvironment, type Environment } from '../environment.js';
import { HostUnreachableError } from '../errors.js';
import { quote } from '../quote.js';
import { lastLines } from '../text.js';
import { jumpsThroughItself } from './jump-host.js';
import { expandPath, sshHome, type Tokens } from './tokens.js';

/** A `Match exec` of the user's config may run anything; it gets this long. */
const RESOLVE_MS = 15_000;

/** How to reach a host, as the user's ssh config says: ssh_config(5) names each option. */
export interface SshConfig {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  readonly hostKeyAlias: string | undefined;
  readonly addressFamily: 0 | 4 | 6;
  readonly connectTimeoutMs: number | undefined;
  /** Paths, in the order in which ssh tries them. */
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** The agent's socket; undefined for none. */
  readonly agent: string | undefined;
  /** The user's known_hosts files, then the machine's. */
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly proxyCommand: string | undefined;
  readonly proxyJump: string | undefined;
  readonly tokens: Tokens;
}

/** What comes from a jump's own notation instead of the config. */
export interface Override {
  readonly user?: string | undefined;
  readonly port?: string | undefined;
}

/** Returns the arguments by which `ssh` itself means this host, for a hint. */
export function sshArguments(host: string, env: Environment): string[] {
  const file = env.PAKA_SSH_CONFIG;
  return [...(file ? ['-F', file] : []), host];
}

/**
 * Returns what `ssh -G` resolves for a host, with the config file that PAKA_SSH_CONFIG names. Throws UsageError for a name that ssh would
 * read as an option, HostUnreachableError where ssh is missing or its config is bad.
 */
export async function resolveConfig(
  host: string,
  env: Environment,
  override: Override = {},
  signal?: AbortSignal,
): Promise<SshConfig> {
  if (host === '' || host.startsWith('-')) {
    throw new UsageError(`${quote(host)} is not a host: ssh would read it as an option`);
  }
  const { PAKA_SSH_CONFIG: file } = env;
  if (file && !existsSync(file)) throw new UsageError(`PAKA_SSH_CONFIG: there is no file ${quote(file)}`);
  const options = [
    ...(override.user ? ['-l', override.user] : []),
    ...(override.port ? ['-p', override.port] : []),
    ...(env.PAKA_SSH_CONFIG ? ['-F', env.PAKA_SSH_CONFIG] : []),
  ];
  try {
    const { stdout } = await promisify(execFile)('ssh', ['-G', ...options, '--', host], {
      env: childEnvironment(env),
      timeout: RESOLVE_MS,
      ...(signal && { signal }),
    });
    return parseConfig(host, stdout, env);
  } catch (error) {
    signal?.throwIfAborted();
    throw configError(host, env, error);
  }
}

function configError(host: string, env: Environment, error: unknown): unknown {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === 'ENOENT') {
    return new HostUnreachableError(host, `${host}: the program ssh is missing, which resolves the ssh config`, {
      hint: 'Install the package openssh-client.',
    });
  }
  if (stderr === undefined) return error;
  const reason = killed
    ? `took longer than ${RESOLVE_MS / 1000} s`
    : (lastLines(Buffer.from(stderr), 1)[0] ?? `failed with ${String(code)}`);
  return new HostUnreachableError(host, `${host}: ssh cannot resolve this host: ${reason}`, {
    hint: `See it with \`ssh -G ${sshArguments(host, env).map(quote).join(' ')}\`.`,
  });
}

/** Returns the config in the output of `ssh -G`: one option a line, its name in small letters; an option may come several times. */
export function parseConfig(host: string, output: string, env: Environment): SshConfig {
  const options = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const at = line.indexOf(' ');
    if (at < 0) continue;
    const name = line.slice(0, at);
    options.set(name, [...(options.get(name) ?? []), line.slice(at + 1)]);
  }
  const one = (name: string): string | undefined => options.get(name)?.[0];
  const unlessNone = (value: string | undefined): string | undefined => (value === 'none' ? undefined : value);

  const hostname = one('hostname') ?? host;
  const user = one('user') ?? '';
  const port = Number(one('port') ?? 22);
  const hostKeyAlias = unlessNone(one('hostkeyalias'));
  const tokens: Tokens = {
    d: sshHome(),
    h: hostname,
    i: String(process.getuid?.() ?? ''),
    k: hostKeyAlias ?? hostname,
    L: localHostname().split('.')[0] ?? '',
    l: localHostname(),
    n: one('host') ?? host,
    p: String(port),
    r: user,
    u: env.USER ?? env.LOGNAME ?? '',
  };
  const paths = (values: readonly string[]): string[] =>
    values.filter((value) => value !== 'none').map((value) => expandPath(value, tokens));
  const proxyJump = unlessNone(one('proxyjump'));
  const connectTimeout = Number(one('connecttimeout'));

  return {
    user,
    hostname,
    port,
    hostKeyAlias,
    addressFamily: one('addressfamily') === 'inet' ? 4 : one('addressfamily') === 'inet6' ? 6 : 0,
    connectTimeoutMs: connectTimeout > 0 ? connectTimeout * 1000 : undefined,
    identityFiles: paths(options.get('identityfile') ?? []),
    certificateFiles: paths(options.get('certificatefile') ?? []),
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agentSocket(one('identityagent'), env, tokens),
    userKnownHostsFiles: paths(fileList(one('userknownhostsfile'))),
    globalKnownHostsFiles: paths(fileList(one('globalknownhostsfile'))),
    proxyCommand: unlessNone(one('proxycommand')),
    proxyJump: proxyJump && jumpsThroughItself(proxyJump, { name: host, hostname, port }) ? undefined : proxyJump,
    tokens,
  };
}

/** `ssh -G` prints several files on one line, unquoted: a file begins at a `/` or `~`, so that a space inside a path does not split it. */
function fileList(line: string | undefined): string[] {
  return line?.split(/\s+(?=[/~]|none$)/) ?? [];
}

/** IdentityAgent in ssh_config(5): `none`, `SSH_AUTH_SOCK`, `$NAME`, or a path; without it the agent of the environment. */
function agentSocket(value: string | undefined, env: Environment, tokens: Tokens): string | undefined {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || undefined;
  if (value === 'none') return undefined;
  if (value.startsWith('$')) return env[value.slice(1).replace(/^\{(.*)\}$/, '$1')] || undefined;
  return expandPath(value, tokens);
}
