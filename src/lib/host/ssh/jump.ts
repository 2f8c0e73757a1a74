import type { Duplex } from 'node:stream';
import { abortable } from '../abort.js';
import { HostKeyError, HostUnreachableError } from '../errors.js';
import { resolveConfig, type SshConfig } from './config.js';
import type { Target } from './target.js';
import type { Connected, Transport } from './transport.js';
import { parseJump } from './jump-host.js';

/**
 * Opens a way to a host through its jump hosts, within this process: so the same keys, the same agent and the same known hosts serve every
 * jump, also those that come from the environment in CI. `connect` logs in to a jump host, by its own config. As with ssh, the last jump is
 * reached through those before it, and only the first by what its own config says of jumps.
 */
export async function openThroughJump(
  target: Target,
  config: SshConfig,
  proxyJump: string,
  connect: (target: Target, config: SshConfig) => Promise<Connected>,
): Promise<Transport> {
  const comma = proxyJump.lastIndexOf(',');
  const jump = parseJump(proxyJump.slice(comma + 1));
  const connected = await reachJump();
  try {
    const stream = await forward(connected, config.hostname, config.port);
    return {
      stream,
      close: () => {
        stream.destroy();
        connected.close();
      },
    };
  } catch (error) {
    connected.close();
    target.signal.throwIfAborted();
    throw new HostUnreachableError(
      target.name,
      `${target.name}: the jump host ${jump.host} cannot connect to ${config.hostname} port ${config.port}: ${(error as Error).message}`,
      { hint: `The name and port are those that ${jump.host} sees; it must also allow TCP forwarding.`, cause: error },
    );
  }

  async function reachJump(): Promise<Connected> {
    try {
      const own = await resolveConfig(jump.host, target.env, jump, target.signal);
      const before = comma < 0 ? own : { ...own, proxyJump: proxyJump.slice(0, comma), proxyCommand: undefined };
      return await connect({ ...target, name: jump.host }, before);
    } catch (error) {
      if (!(error instanceof HostUnreachableError)) throw error;
      const Kind = error instanceof HostKeyError ? HostKeyError : HostUnreachableError;
      throw new Kind(target.name, `${target.name}: its jump host cannot be used: ${error.message}`, {
        hint: error.hint,
        cause: error,
      });
    }
  }

  async function forward({ client }: Connected, hostname: string, port: number): Promise<Duplex> {
    const opened = new Promise<Duplex>((resolve, reject) => {
      client.once('close', () => {
        reject(new Error('the connection to it was lost'));
      });
      client.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
    const stream = await abortable(opened, target.signal);
    stream.on('error', () => undefined);
    return stream;
  }
}
