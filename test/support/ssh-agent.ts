import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An ssh-agent of its own. */
export interface TestAgent {
  readonly socket: string;
  /** Adds a private key; `passphrase` where it is encrypted. */
  add(file: string, passphrase?: string): void;
  /** Adds a private key that the agent then refuses to sign with: it would have to ask, and nobody answers. */
  addRefusing(file: string): void;
  stop(): Promise<void>;
}

/** Starts an ssh-agent on a socket of its own, and waits until it is there. */
export async function startAgent(): Promise<TestAgent> {
  const dir = mkdtempSync(join(tmpdir(), 'paka-agent-'));
  const socket = join(dir, 'socket');
  const env = { ...process.env, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' };
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore', env });
  for (let i = 0; i < 250 && !existsSync(socket); i++) await sleep(20);
  return {
    socket,
    add: (file, passphrase = '') => {
      // SSH_ASKPASS is a program: this one prints the passphrase.
      const env = {
        ...process.env,
        SSH_AUTH_SOCK: socket,
        SSH_ASKPASS: '/usr/bin/printenv',
        SSH_ASKPASS_REQUIRE: 'force',
        // printenv gets the prompt as its argument, and so as the variable to print.
        [`Enter passphrase for ${file}: `]: passphrase,
      };
      execFileSync('ssh-add', ['-q', file], { env, stdio: 'pipe' });
    },
    addRefusing: (file) => {
      execFileSync('ssh-add', ['-q', '-c', file], { env: { ...env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' });
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
