import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SSHD = '/usr/sbin/sshd';
const START_MS = 10_000;

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa';

export interface SshdOptions {
  /** The host keys it has; `ed25519` alone where not given. */
  readonly hostKeys?: readonly KeyType[];
  /** Further lines of sshd_config; the first line for an option counts. */
  readonly config?: readonly string[];
}

export interface ClientOptions {
  /** Another port: a proxy's. */
  readonly port?: number;
  /** Further lines of ssh_config for the host; the first line for an option counts. */
  readonly config?: readonly string[];
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why no private sshd can be started here, or undefined where one can. */
export function whyNoSshd(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'this is not root';
  if (!existsSync(SSHD)) return 'there is no sshd (package openssh-server)';
  return undefined;
}

/** Leaves out the calling suite, with a line that says why, where no private sshd can be started. For `before`. */
export function needsSshd(context: Mocha.Context): void {
  const why = whyNoSshd();
  if (why === undefined) return;
  console.log(`    left out: ${why}`);
  context.skip();
}

/** The name by which tests call the private sshd in their ssh config. */
export const SSHD_HOST = 'private-sshd';

/**
 * An sshd of its own on loopback, for root, with its own keys, config and home directory: nothing of the machine's is read or changed.
 * Commands start in root's real home directory all the same, as sshd takes that from the password database.
 */
export class TestSshd {
  private constructor(
    readonly dir: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** Starts one and waits until it answers. */
  static async start({ hostKeys = ['ed25519'], config = [] }: SshdOptions = {}): Promise<TestSshd> {
    const dir = mkdtempSync(join(tmpdir(), 'paka-sshd-'));
    mkdirSync(join(dir, 'home'));
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const port = await freePort();
    for (const type of hostKeys) makeKey(join(dir, `host_${type}`), type);
    makeKey(join(dir, 'id'), 'ed25519');
    writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'id.pub')));
    const lines = [
      ...config,
      `SetEnv HOME=${dir}/home`,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...hostKeys.map((type) => `HostKey ${dir}/host_${type}`),
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      `PidFile ${dir}/sshd.pid`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'StrictModes no',
      'UsePAM no',
      'PrintLastLog no',
      'PrintMotd no',
    ];
    writeFileSync(join(dir, 'sshd_config'), `${lines.join('\n')}\n`);
    const child = spawn(SSHD, ['-D', '-f', join(dir, 'sshd_config'), '-E', join(dir, 'log')], { stdio: 'ignore' });
    const sshd = new TestSshd(dir, port, child);
    await sshd.#answers();
    writeFileSync(sshd.knownHosts, hostKeys.map((type) => sshd.knownHostsLine(type)).join(''));
    return sshd;
  }

  /** The private key that may log in. */
  get identity(): string {
    return join(this.dir, 'id');
  }

  /** A known_hosts file with the keys it really has. */
  get knownHosts(): string {
    return join(this.dir, 'known_hosts');
  }

  /** Writes a start-up file of the user's shell on the host, which bash reads for every command that comes over SSH. */
  writeBashrc(text: string): void {
    writeFileSync(join(this.dir, 'home', '.bashrc'), text);
  }

  /** What sshd has logged. */
  get log(): string {
    return readFileSync(join(this.dir, 'log'), 'utf8');
  }

  /** A line of known_hosts for one of its keys, under the name it is looked up by. */
  knownHostsLine(type: KeyType, name = `[127.0.0.1]:${this.port}`): string {
    const [algorithm, key] = readFileSync(join(this.dir, `host_${type}.pub`), 'utf8').split(' ');
    return `${name} ${algorithm} ${key}\n`;
  }

  /** Writes an ssh config in which SSHD_HOST is this sshd, and returns the environment that uses it. */
  clientEnv({ port = this.port, config = [], env = {} }: ClientOptions = {}): Record<string, string> {
    const lines = [
      `Host ${SSHD_HOST}`,
      ...config,
      'HostName 127.0.0.1',
      `Port ${port}`,
      'User root',
      `HostKeyAlias [127.0.0.1]:${this.port}`,
      `UserKnownHostsFile ${this.knownHosts}`,
      'GlobalKnownHostsFile /dev/null',
      `IdentityFile ${this.identity}`,
      'IdentitiesOnly yes',
    ];
    const file = join(mkdtempSync(join(this.dir, 'client-')), 'config');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/root', PAKA_SSH_CONFIG: file, ...env };
  }

  /** Makes a new key pair in its directory. */
  newKey(name: string, type: KeyType = 'ed25519', ...options: string[]): string {
    const file = join(this.dir, name);
    makeKey(file, type, ...options);
    return file;
  }

  /** Kills the processes that serve its sessions; it goes on itself. Throws where there are none. */
  killSessions(): void {
    execFileSync('pkill', ['-KILL', '-P', String(this.child.pid)]);
  }

  /** Ends it with all its sessions, and deletes its directory. */
  async stop(): Promise<void> {
    const { pid } = this.child;
    if (pid !== undefined && this.child.exitCode === null) {
      for (const one of [...descendants(pid), pid]) {
        try {
          process.kill(one, 'SIGKILL');
        } catch {
          // It has ended by itself.
        }
      }
      await once(this.child, 'exit');
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && this.child.exitCode === null) {
      const socket = connect(this.port, '127.0.0.1');
      const answered = await new Promise<boolean>((resolve) => {
        socket.once('data', () => {
          resolve(true);
        });
        socket.once('error', () => {
          resolve(false);
        });
      });
      socket.destroy();
      if (answered) return;
      await sleep(20);
    }
    const log = existsSync(join(this.dir, 'log')) ? this.log : '';
    await this.stop();
    throw new Error(`the private sshd did not start: ${log}`);
  }
}

function makeKey(file: string, type: KeyType, ...options: string[]): void {
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-C', 'paka test', '-f', file, ...options]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === ''
      ? []
      : children
          .split(' ')
          .map(Number)
          .flatMap((child) => [...descendants(child), child]);
  } catch {
    return [];
  }
}
