import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { command, type Command } from '../../src/lib/host/command.js';
import { ConnectionLostError, TimeLimitError } from '../../src/lib/host/errors.js';
import type { Host } from '../../src/lib/host/host.js';
import { SshHost } from '../../src/lib/host/ssh/ssh-host.js';
import { rejection } from '../support/rejection.js';
import { needsSshd, SSHD_HOST, TestSshd, whyNoSshd, type SshdOptions } from '../support/sshd.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const bash = (script: string, ...args: string[]): Command => command('bash', '-c', script, 'bash', ...args);

describe('A connection over SSH', function () {
  this.timeout(30_000);
  let sshd: TestSshd;
  let proxy: TcpProxy;
  let host: Host;

  before(async function () {
    needsSshd(this);
    sshd = await TestSshd.start();
  });
  after(async () => {
    if (whyNoSshd() === undefined) await sshd.stop();
  });
  beforeEach(async () => {
    proxy = await TcpProxy.start(sshd.port);
    host = new SshHost(SSHD_HOST, sshd.clientEnv({ port: proxy.port }), { keepaliveMs: 150 });
  });
  afterEach(async () => {
    await host.close();
    await proxy.stop();
  });

  /** Tests against an sshd with other options. */
  async function withSshd(options: SshdOptions, test: (host: Host, sshd: TestSshd) => Promise<void>): Promise<void> {
    const other = await TestSshd.start(options);
    const its = new SshHost(SSHD_HOST, other.clientEnv());
    try {
      await test(its, other);
    } finally {
      await its.close();
      await other.stop();
    }
  }

  describe('that is lost', () => {
    const ways: Record<string, () => unknown> = {
      'by a reset': () => {
        proxy.cut();
      },
      'in order, without an exit status': () => {
        proxy.close();
      },
      'in silence': () => {
        proxy.silence();
      },
      'because the host’s sshd is killed': () => {
        sshd.killSessions();
      },
    };
    for (const [way, lose] of Object.entries(ways)) {
      it(`${way} fails its command, and the streams of it, and nothing else`, async () => {
        const running = await host.start(bash('echo first; sleep 10; echo last'));
        const started = Date.now();
        running.stdout.once('data', () => void lose());
        running.stderr.resume();
        const [exit, stdout] = await Promise.all([rejection(running.exit), rejection(running.stdout.toArray())]);
        expect(exit).to.be.instanceOf(ConnectionLostError);
        expect(exit).to.have.property('exitCode', 3);
        expect(stdout).to.equal(exit);
        expect(Date.now() - started).to.be.lessThan(5000);
      });
    }

    it('fails all its commands, those that wait for their turn among them', async () => {
      const running = Array.from({ length: 12 }, async () => rejection(host.run(command('sleep', '3'))));
      await sleep(700);
      proxy.cut();
      for (const error of await Promise.all(running)) expect(error).to.be.instanceOf(ConnectionLostError);
    });

    it('is opened anew by the next command', async () => {
      await host.run(command('true'));
      proxy.cut();
      await sleep(50);
      expect((await host.run(command('echo', 'again'))).stdout.toString()).to.equal('again\n');
    });

    it('while nothing runs, in silence, is found out and opened anew', async () => {
      await host.run(command('true'));
      proxy.silence();
      await sleep(900);
      const error = await rejection(host.run(command('true'), { signal: AbortSignal.timeout(500) }));
      expect(error).to.have.property('name', 'TimeoutError');
      expect(proxy.accepted).to.equal(2);
    });

    it('does not keep a cancelled command waiting', async () => {
      const slow = new SshHost(SSHD_HOST, sshd.clientEnv({ port: proxy.port }));
      const controller = new AbortController();
      const running = await slow.start(bash('echo first; sleep 3'), { signal: controller.signal });
      await once(running.stdout, 'data');
      proxy.silence();
      const started = Date.now();
      controller.abort(new Error('enough'));
      expect(await rejection(running.exit)).to.have.property('message', 'enough');
      expect(Date.now() - started).to.be.lessThan(6000);
      await slow.close();
    });
  });

  it('is let go of also where the network swallows what waits to be sent', async () => {
    const patient = new SshHost(SSHD_HOST, sshd.clientEnv({ port: proxy.port }));
    // Eight windows full: more than the kernel takes.
    const running = await Promise.all(Array.from({ length: 8 }, async () => patient.start(command('cat'))));
    proxy.silence();
    for (const { stdin } of running) stdin.write(Buffer.alloc(4 * 1024 * 1024));
    await sleep(100);
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const open = sockets();
    const started = Date.now();
    await patient.close();
    expect(Date.now() - started).to.be.lessThan(6000);
    await sleep(700);
    // The client's end of this connection is gone; the two of the proxy are still there.
    expect(sockets()).to.equal(open - 1);
  });

  it('carries at most 8 commands at a time', async () => {
    const dir = mkdtempSync(join(sshd.dir, 'count-'));
    let most = 0;
    const commands = Array.from({ length: 20 }, async () =>
      host.run(bash('touch "$1/$$"; sleep 0.2; rm "$1/$$"', dir)),
    );
    const counting = setInterval(() => (most = Math.max(most, readdirSync(dir).length)), 10);
    await Promise.all(commands);
    clearInterval(counting);
    expect(most).to.equal(8);
  });

  it('lets a command that waits for its turn be cancelled, which then never starts', async () => {
    const file = join(sshd.dir, 'ninth');
    const eight = Array.from({ length: 8 }, async () => host.run(command('sleep', '1')));
    await sleep(500);
    const signal = AbortSignal.timeout(100);
    expect(await rejection(host.run(command('touch', file), { signal }))).to.equal(signal.reason);
    await Promise.all(eight);
    expect((await host.run(command('test', '-e', file))).exit.code).to.equal(1);
  });

  it('makes do with a server that allows fewer sessions', async () => {
    await withSshd({ config: ['MaxSessions 3'] }, async (its) => {
      const numbers = Array.from({ length: 12 }, (_, index) => String(index));
      const outputs = await Promise.all(numbers.map(async (number) => its.run(bash('sleep 0.1; echo $1', number))));
      expect(outputs.map(({ stdout }) => stdout.toString().trim())).to.deep.equal(numbers);
    });
  });

  it('ends a command within bounds also where the server allows one session only', async () => {
    await withSshd({ config: ['MaxSessions 1'] }, async (its) => {
      await Promise.all([its.run(command('true')), its.run(command('true'))]);
      const started = Date.now();
      const error = await rejection(its.run(command('sleep', '10'), { timeoutMs: 200 }));
      expect(error).to.be.instanceOf(TimeLimitError);
      expect(Date.now() - started).to.be.lessThan(6000);
    });
  });

  describe('keeps output apart from noise', () => {
    const noises: Record<string, string> = {
      'on both outputs': 'echo noise; echo noise >&2',
      'without an end of line': 'printf noise; printf noise >&2',
      'of many megabytes': 'head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2',
      'of a trace that shows the command': 'set -x',
      'that BASH_ENV adds': 'export BASH_ENV=~/.bashrc; echo noise',
      'with text that looks like a marker': 'echo 0123456789abcdef01234567:1',
    };
    for (const [kind, bashrc] of Object.entries(noises)) {
      it(`of rc files, ${kind}`, async () => {
        sshd.writeBashrc(`${bashrc}\n`);
        const { stdout, stderr } = await host.run(bash('cat; echo err >&2'), { input: 'data' });
        sshd.writeBashrc('');
        expect([stdout.toString(), stderr.toString()]).to.deep.equal(['data', 'err\n']);
      });
    }

    it('of login banners', async () => {
      const banner = join(sshd.dir, 'banner');
      writeFileSync(banner, 'AUTHORIZED USE ONLY\n'.repeat(100));
      await withSshd({ config: [`Banner ${banner}`] }, async (its) => {
        const { stdout, stderr } = await its.run(command('echo', 'out'));
        expect([stdout.toString(), stderr.toString()]).to.deep.equal(['out\n', '']);
      });
    });
  });

  it('ends a command’s children also behind a forced command', async () => {
    await withSshd({ config: ['ForceCommand sh -c "$SSH_ORIGINAL_COMMAND"; exit $?'] }, async (its, { dir }) => {
      const file = join(dir, 'pids');
      await rejection(its.run(bash('sleep 30 & echo $! >"$1"; wait', file), { timeoutMs: 500 }));
      const pid = readFileSync(file, 'utf8').trim();
      const state = await its.run(command('ps', '-o', 'stat=', '-p', pid));
      expect(state.stdout.toString().trim()).to.be.oneOf(['', 'Z']);
    });
  });

  it('survives new keys being agreed on in the middle of a transfer', async () => {
    await withSshd({ config: ['RekeyLimit 1M'] }, async (its) => {
      const input = randomBytes(20 * 1024 * 1024);
      const { stdout } = await its.run(command('cat'), { input });
      const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(sha256(stdout)).to.equal(sha256(input));
    });
  });

  it('works with servers that allow only older algorithms', async () => {
    const config = [
      'KexAlgorithms diffie-hellman-group14-sha256',
      'Ciphers aes256-ctr',
      'MACs hmac-sha2-256',
      'HostKeyAlgorithms rsa-sha2-256',
    ];
    await withSshd({ config, hostKeys: ['rsa'] }, async (its) => {
      expect((await its.run(command('true'))).exit.code).to.equal(0);
    });
  });

  it('reports a signal that sshd has no name for', async () => {
    const { exit } = await host.run(bash('kill -BUS $$'));
    expect(exit).to.deep.equal({ code: null, signal: 'unknown signal' });
  });

  it('lets the process end when it is closed', async () => {
    const script = fileURLToPath(new URL('../support/run-and-close.ts', import.meta.url));
    const env = { ...process.env, ...sshd.clientEnv() };
    const child = spawn(process.execPath, ['--import', 'tsx', script, SSHD_HOST], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const out: Buffer[] = [];
    let ran = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      ran = Date.now();
    });
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })) as [number];
    expect([code, Buffer.concat(out).toString()]).to.deep.equal([0, 'ran\n']);
    expect(Date.now() - ran).to.be.lessThan(500);
  });
});
