import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { settledWithin } from '../abort.js';
import { childEnvironment, type Environment } from '../environment.js';
import type { SshConfig } from './config.js';
import { expandTokens } from './tokens.js';
import type { Transport } from './transport.js';

/** Its last words may come after the end of its stream. */
const COMPLAINT_MS = 500;

/** Starts a ProxyCommand (ssh_config(5)) by the shell, its tokens replaced; its standard streams are the way to the host. */
export function startProxyCommand(command: string, config: SshConfig, env: Environment): Transport {
  const child = spawn('sh', ['-c', `exec ${expandTokens(command, config.tokens)}`], {
    env: childEnvironment(env),
    // Ctrl-C in the terminal is for paka, which may still have something to do on the host.
    detached: true,
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  let complaint = Buffer.alloc(0);
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-4096);
  });
  child.on('error', (error) => stream.destroy(error));
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  // That it ended shows as the end of the stream; an error here is a write that came too late.
  stream.on('error', () => undefined);
  return {
    stream,
    complaint: async () => {
      await settledWithin(COMPLAINT_MS, closed);
      return complaint;
    },
    close: () => {
      stream.destroy();
      if (child.pid !== undefined) endGroupHere(child.pid);
    },
  };
}

function endGroupHere(group: number): void {
  try {
    process.kill(-group);
  } catch {
    // It has ended with its stream.
  }
}
