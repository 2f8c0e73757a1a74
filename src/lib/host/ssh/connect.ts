import { HostUnreachableError } from '../errors.js';
import { resolveConfig, type SshConfig } from './config.js';
import { handshake } from './handshake.js';
import { hostKeyCheck } from './host-key.js';
import { openThroughJump } from './jump.js';
import { loadLibrary, type SshLibrary } from './library.js';
import { prepareLogin } from './login.js';
import { startProxyCommand } from './proxy.js';
import { closeTcp, openTcp } from './socket.js';
import type { Target } from './target.js';
import type { Connected, Transport } from './transport.js';

/** More is a loop in the config: most likely a `Host *` whose jump host it means, too. */
const MAX_JUMPS = 8;

/**
 * Connects to a host as its ssh config says, verifies its key and logs in. Throws HostUnreachableError, HostKeyError, UsageError (a bad
 * PAKA_SSH_KEY), or the signal's reason.
 */
export async function connectSsh(target: Target): Promise<Connected> {
  const library = loadLibrary();
  // Awaited further down; where something else fails first, this failure is not an unhandled one.
  library.catch(() => undefined);
  return connect(target, await resolveConfig(target.name, target.env, {}, target.signal), library, 0);
}

async function connect(
  target: Target,
  config: SshConfig,
  loading: Promise<SshLibrary>,
  jumps: number,
): Promise<Connected> {
  const { name, env } = target;
  const opening = openTransport(target, config, (jump, its) => connect(jump, its, loading, jumps + 1), jumps);
  // It may fail while the others are still being waited for; what it fails with is thrown below, once.
  opening.catch(() => undefined);
  try {
    const [library, hostKey] = await Promise.all([loading, hostKeyCheck(name, config, env)]);
    const login = await prepareLogin(name, config, env, library);
    return await handshake(target, config, await opening, library, hostKey, login);
  } catch (error) {
    void opening.then(
      (transport) => {
        transport.close();
      },
      () => undefined,
    );
    throw error;
  }
}

async function openTransport(
  target: Target,
  config: SshConfig,
  connectJump: (target: Target, config: SshConfig) => Promise<Connected>,
  jumps: number,
): Promise<Transport> {
  const { name, env, timing, signal } = target;
  const { proxyJump, proxyCommand } = config;
  if (proxyJump !== undefined) {
    if (jumps === MAX_JUMPS) {
      throw new HostUnreachableError(name, `${name}: more than ${MAX_JUMPS} jump hosts, one behind another`, {
        hint: 'A Host pattern of the ssh config probably gives a jump host itself as its ProxyJump.',
      });
    }
    return openThroughJump(target, config, proxyJump, connectJump);
  }
  if (proxyCommand !== undefined) return startProxyCommand(proxyCommand, config, env);
  const socket = await openTcp(name, config, config.connectTimeoutMs ?? timing.connectMs, signal);
  return {
    stream: socket,
    close: () => {
      closeTcp(socket);
    },
  };
}
