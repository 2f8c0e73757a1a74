import { connect, type Socket } from 'node:net';
import { abortable } from '../abort.js';
import { HostUnreachableError } from '../errors.js';

const CLOSE_MS = 500;

export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** 0: IPv4 or IPv6. */
  readonly addressFamily: 0 | 4 | 6;
}

/**
 * Opens a TCP connection within `timeoutMs`, name resolution included, without Nagle's delay (which ssh2 leaves on: it doubles the time to
 * connect). Throws HostUnreachableError, or the reason of `signal`.
 */
export async function openTcp(
  host: string,
  address: Address,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  const { hostname, port, addressFamily } = address;
  signal?.throwIfAborted();
  const socket = connect({
    host: hostname,
    port,
    noDelay: true,
    // Node gives each of several addresses 250 ms, which is not enough for a far host.
    ...(addressFamily === 0
      ? { autoSelectFamilyAttemptTimeout: Math.max(timeoutMs / 4, 250) }
      : { family: addressFamily }),
  });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // Stays for good: until ssh2 takes the socket over, a reset must not be an uncaught error.
    socket.on('error', reject);
  });
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  try {
    await abortable(connected, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    throw unreachable(host, address, timeoutMs, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets what is written go out, within a moment: a network that swallows everything must not keep the process alive. */
export function closeTcp(socket: Socket): void {
  socket.destroySoon();
  setTimeout(() => socket.destroy(), CLOSE_MS).unref();
}

function unreachable(
  host: string,
  { hostname, port }: Address,
  timeoutMs: number,
  error: unknown,
): HostUnreachableError {
  const where = hostname === host ? `port ${port}` : `${hostname} port ${port}`;
  // Where several addresses were tried, the last one speaks for all.
  const one = error instanceof AggregateError ? (error.errors.at(-1) as unknown) : error;
  const [words, hint] = explain((one as NodeJS.ErrnoException).code) ?? [`cannot connect to ${where}: ${String(one)}`];
  return new HostUnreachableError(host, `${host}: ${words}`, { hint, cause: error });

  function explain(code: string | undefined): [words: string, hint: string] | undefined {
    switch (code) {
      case 'ENOTFOUND':
        return [
          `the name ${hostname} does not resolve`,
          'Check the spelling; an alias needs a Host entry in the ssh config, an internal name perhaps a VPN.',
        ];
      case 'EAI_AGAIN':
        return [
          `the name ${hostname} cannot be resolved now`,
          'The name server does not answer: check the network of this machine.',
        ];
      case 'ECONNREFUSED':
        return [
          `${where} refuses connections`,
          `No SSH server listens there: check the port (${port}), and that sshd runs on the host.`,
        ];
      case 'ETIMEDOUT':
        return [
          `${where} did not answer within ${timeoutMs / 1000} s`,
          'The host is down, or a firewall or a missing VPN is in the way. ConnectTimeout in the ssh config sets the limit.',
        ];
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
        return [`there is no route to ${where}`, 'Check the network of this machine, or the VPN that leads there.'];
      default:
        return undefined;
    }
  }
}
