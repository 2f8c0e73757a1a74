import type { ConnectConfig } from 'ssh2';
import { abortable } from '../abort.js';
import { HostUnreachableError, type HostKeyError } from '../errors.js';
import { harmless } from '../../text.js';
import { lastLines } from '../text.js';
import { algorithms } from './algorithms.js';
import type { SshConfig } from './config.js';
import type { Target } from './target.js';
import type { Connected, Transport } from './transport.js';
import type { HostKeyCheck } from './host-key.js';
import type { SshLibrary } from './library.js';
import type { Login } from './login.js';

const KEEPALIVES = 3;
const CLOSED = 'the server closed the connection';

/** Speaks SSH over an open transport: verifies the host's key, then logs in. Nothing of the user's is sent before the key is verified. */
export async function handshake(
  target: Target,
  config: SshConfig,
  transport: Transport,
  { NodeSSH }: SshLibrary,
  hostKey: HostKeyCheck,
  login: Login,
): Promise<Connected> {
  const { name, timing, signal } = target;
  const { stream } = transport;
  // ssh2 would wait for ever for the end of a stream that ended before it listened.
  if (stream.readableEnded || stream.destroyed) throw await explain(new Error(CLOSED));
  const verdict: { refusal: HostKeyError | undefined } = { refusal: undefined };
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    sock: stream,
    username: config.user,
    algorithms: algorithms(hostKey.types),
    hostVerifier: (key: Buffer): boolean => {
      verdict.refusal = hostKey.refusal(Buffer.from(key));
      return verdict.refusal === undefined;
    },
    authHandler: login.handler as NonNullable<ConnectConfig['authHandler']>,
    readyTimeout: timing.handshakeMs,
    keepaliveInterval: timing.keepaliveMs,
    keepaliveCountMax: KEEPALIVES,
  });
  // node-ssh gives up at the first error event, but ssh2 has one for each key that an agent refuses to sign with, and goes on.
  connecting.catch(() => undefined);
  const client = ssh.connection;
  if (!client) throw new Error('node-ssh has no connection after connect()');

  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('close', () => {
      reject(new Error(CLOSED));
    });
    // Stays for good: node-ssh takes its own listener away, and a reset would then end the process.
    client.on('error', (error: SshError) => {
      if (error.level !== 'agent') reject(error);
    });
  });
  const close = (): void => {
    client.end();
    transport.close();
  };
  try {
    await abortable(ready, signal);
    return { client, close };
  } catch (error) {
    close();
    signal.throwIfAborted();
    if (verdict.refusal) throw verdict.refusal;
    throw await explain(error as SshError);
  }

  async function explain(error: SshError): Promise<HostUnreachableError> {
    const message = harmless(error.message);
    // The text is sshd's, on disconnecting after MaxAuthTries.
    if (/authentication failures/i.test(message)) return login.refused(message);
    if (error.level === 'client-authentication') return login.refused();
    const complaint = lastLines((await transport.complaint?.()) ?? Buffer.alloc(0), 3);
    if (complaint.length > 0) {
      return new HostUnreachableError(name, `${name}: its ProxyCommand failed: ${complaint.join(' / ')}`, {
        cause: error,
      });
    }
    if (error.level === 'client-timeout') {
      return new HostUnreachableError(name, `${name}: no SSH handshake within ${timing.handshakeMs / 1000} s`, {
        hint: 'Something accepts the connection and does not answer: an overloaded host, or no SSH server.',
        cause: error,
      });
    }
    return new HostUnreachableError(name, `${name}: the SSH handshake failed: ${message}`, {
      hint: 'Where the server closes the connection at once, sshd may be overloaded (MaxStartups), or refuse this address.',
      cause: error,
    });
  }
}

/** ssh2 says in `level` which part of it failed. */
interface SshError extends Error {
  readonly level?: string;
}
