import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../src/lib/errors.js';
import { command } from '../../src/lib/host/command.js';
import { ConnectionLostError, HostKeyError, HostUnreachableError } from '../../src/lib/host/errors.js';
import type { Timing } from '../../src/lib/host/ssh/target.js';
import { SshHost } from '../../src/lib/host/ssh/ssh-host.js';
import { rejection } from '../support/rejection.js';
import { needsSshd, SSHD_HOST, TestSshd, whyNoSshd } from '../support/sshd.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('Connecting over SSH', function () {
  this.timeout(30_000);
  let sshd: TestSshd;

  before(async function () {
    needsSshd(this);
    sshd = await TestSshd.start();
  });
  after(async () => {
    if (whyNoSshd() === undefined) await sshd.stop();
  });

  /** Returns why no command runs on a host. */
  async function failure(
    env: Record<string, string>,
    name = SSHD_HOST,
    timing: Partial<Timing> = {},
  ): Promise<unknown> {
    const host = new SshHost(name, env, timing);
    try {
      return await rejection(host.run(command('true')));
    } finally {
      await host.close();
    }
  }

  describe('says what is wrong and what to do', () => {
    it('when nothing listens on the port', async () => {
      const error = await failure(sshd.clientEnv({ port: 1 }));
      expect(error).to.be.instanceOf(HostUnreachableError);
      expect(error).to.have.property('message', `${SSHD_HOST}: 127.0.0.1 port 1 refuses connections`);
      expect(error).to.have.property('hint').that.contains('that sshd runs on the host');
      expect(error).to.have.property('exitCode', 3);
    });

    it('when the name does not resolve', async () => {
      const error = await failure(sshd.clientEnv({ config: ['HostName no-such-host.invalid'] }));
      expect(error)
        .to.have.property('message')
        .that.matches(/^private-sshd: the name no-such-host.invalid (does not resolve|cannot be resolved now)$/);
    });

    it('when no answer comes within ConnectTimeout', async () => {
      // Listens, never accepts, and has no room for one more: the kernel then drops what asks for a connection.
      const script = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        require('fs').writeSync(1, String(s.address().port) + '\\n'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000); });`;
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const port = Number(String((await once(child.stdout, 'data'))[0]));
      const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
      try {
        await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
        const error = await failure(sshd.clientEnv({ port, config: ['ConnectTimeout 1'] }));
        expect(error).to.have.property('message', `${SSHD_HOST}: 127.0.0.1 port ${port} did not answer within 1 s`);
      } finally {
        for (const filler of fillers) filler.destroy();
        child.kill('SIGKILL');
      }
    });

    describe('when something else listens there', () => {
      let server: Server;
      let greeting: string | undefined;
      let env: Record<string, string>;
      before(async () => {
        server = createServer((socket) => {
          socket.on('error', () => undefined);
          if (greeting === undefined) return;
          if (greeting === '') socket.end();
          else socket.write(greeting);
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        env = sshd.clientEnv({ port: (server.address() as AddressInfo).port });
      });
      after(() => server.close());

      it('and says nothing', async () => {
        greeting = undefined;
        const error = await failure(env, SSHD_HOST, { handshakeMs: 300 });
        expect(error).to.have.property('message', `${SSHD_HOST}: no SSH handshake within 0.3 s`);
      });
      it('and speaks something else', async () => {
        greeting = 'HTTP/1.1 400 Bad Request\r\n'.repeat(2000);
        expect(await failure(env))
          .to.have.property('message')
          .that.matches(/^private-sshd: the SSH handshake failed: /);
      });
      it('and closes at once', async () => {
        greeting = '';
        const error = await failure(env);
        expect(error)
          .to.have.property('message')
          .that.matches(/^private-sshd: the SSH handshake failed: /);
        expect(error).to.have.property('hint').that.contains('MaxStartups');
      });
    });

    it('when the program ssh is missing', async () => {
      const error = await failure({ ...sshd.clientEnv(), PATH: '/nowhere' });
      expect(error).to.be.instanceOf(HostUnreachableError);
      expect(error).to.have.property('hint', 'Install the package openssh-client.');
    });

    it('when the ssh config is bad, or is not there', async () => {
      const file = join(sshd.dir, 'bad-config');
      writeFileSync(file, 'NoSuchOption yes\n');
      const error = await failure({ ...sshd.clientEnv(), PAKA_SSH_CONFIG: file });
      expect(error).to.have.property('message').that.contains('ssh cannot resolve this host:');
      expect(error).to.have.property('message').that.contains('bad-config');
      const missing = await failure({ ...sshd.clientEnv(), PAKA_SSH_CONFIG: '/nowhere/config' });
      expect(missing).to.be.instanceOf(UsageError);
      expect(missing).to.have.property('message', 'PAKA_SSH_CONFIG: there is no file /nowhere/config');
    });

    it('when a host is written like an option, which never reaches ssh', async () => {
      const file = join(sshd.dir, 'touched');
      const error = await failure(sshd.clientEnv(), `-oProxyCommand=touch ${file}`);
      expect(error).to.be.instanceOf(UsageError);
      expect(existsSync(file)).to.equal(false);
    });

    it('when the user may not run commands', async () => {
      const restricted = await TestSshd.start({ config: ['ForceCommand echo "This account is closed." >&2; exit 1'] });
      try {
        const error = await failure(restricted.clientEnv());
        expect(error).to.be.instanceOf(HostUnreachableError);
        expect(error)
          .to.have.property('message')
          .that.matches(
            /the login worked, but the user's shell started no command \(exit code 1\): This account is closed\.$/,
          );
      } finally {
        await restricted.stop();
      }
    });

    it('when the server opens no session', async () => {
      const restricted = await TestSshd.start({ config: ['MaxSessions 0'] });
      try {
        expect(await failure(restricted.clientEnv()))
          .to.have.property('message')
          .that.contains('opens no session');
      } finally {
        await restricted.stop();
      }
    });

    it('when the login shell hangs', async () => {
      const hanging = await TestSshd.start();
      try {
        hanging.writeBashrc('sleep 20\n');
        const error = await failure(hanging.clientEnv(), SSHD_HOST, { startMs: 500 });
        expect(error).to.have.property('message', `${SSHD_HOST}: the login shell did not start a command within 0.5 s`);
      } finally {
        await hanging.stop();
      }
    });
  });

  describe('can be cancelled', () => {
    let proxy: TcpProxy;
    beforeEach(async () => {
      proxy = await TcpProxy.start(sshd.port);
      proxy.silence();
    });
    afterEach(async () => proxy.stop());

    it('at any time', async () => {
      const host = new SshHost(SSHD_HOST, sshd.clientEnv({ port: proxy.port }));
      for (const ms of [0, 1, 5, 20, 100]) {
        const started = Date.now();
        const signal = AbortSignal.timeout(ms);
        expect(await rejection(host.run(command('true'), { signal }))).to.equal(signal.reason);
        expect(Date.now() - started).to.be.lessThan(ms + 100);
      }
      await host.close();
    });

    it('by one command, while another goes on waiting for the same connection', async () => {
      const slow = await TcpProxy.start(sshd.port);
      slow.latencyMs = 20;
      const host = new SshHost(SSHD_HOST, sshd.clientEnv({ port: slow.port }));
      const controller = new AbortController();
      const [cancelled, other] = await Promise.all([
        rejection(
          Promise.all([
            host.run(command('true'), { signal: controller.signal }),
            Promise.resolve().then(() => {
              controller.abort(new Error('not any more'));
            }),
          ]),
        ),
        host.run(command('echo', 'here')),
      ]);
      expect(cancelled).to.have.property('message', 'not any more');
      expect(other.stdout.toString()).to.equal('here\n');
      expect(slow.accepted).to.equal(1);
      await host.close();
      await slow.stop();
    });

    it('by close', async () => {
      const host = new SshHost(SSHD_HOST, sshd.clientEnv({ port: proxy.port }));
      const running = rejection(host.run(command('true')));
      setTimeout(() => void host.close(), 100);
      expect(await running).to.have.property('name', 'HostClosedError');
    });
  });

  it('is one attempt for all the commands that come first', async () => {
    const before = sshd.log.split('Accepted publickey').length;
    const host = new SshHost(SSHD_HOST, sshd.clientEnv());
    await Promise.all(Array.from({ length: 10 }, async () => host.run(command('true'))));
    await host.close();
    expect(sshd.log.split('Accepted publickey')).to.have.length(before + 1);
  });

  describe('through others', () => {
    let jump: TestSshd;
    before(async () => (jump = await TestSshd.start()));
    after(async () => {
      if (whyNoSshd() === undefined) await jump.stop();
    });

    /** An environment whose ssh config has the target as SSHD_HOST, reached as `how` says, and the jump host as `jump`. */
    function environment(
      how: string,
      extra: { jumpLines?: string[]; env?: Record<string, string> } = {},
    ): Record<string, string> {
      const env = sshd.clientEnv({ config: [how], ...(extra.env && { env: extra.env }) });
      const lines = [
        'Host jump',
        ...(extra.jumpLines ?? []),
        'HostName 127.0.0.1',
        `Port ${jump.port}`,
        'User root',
        `IdentityFile ${jump.identity}`,
        `UserKnownHostsFile ${jump.knownHosts}`,
        'GlobalKnownHostsFile /dev/null',
        'IdentitiesOnly yes',
      ];
      writeFileSync(env.PAKA_SSH_CONFIG ?? '', `${lines.join('\n')}\n`, { flag: 'a' });
      return env;
    }
    const accepted = (): number => jump.log.split('Accepted publickey').length;

    async function echo(env: Record<string, string>): Promise<string> {
      const host = new SshHost(SSHD_HOST, env);
      const { stdout } = await host.run(command('echo', 'through'));
      await host.close();
      return stdout.toString();
    }

    it('works by ProxyJump, and logs in on the jump host', async () => {
      const before = accepted();
      expect(await echo(environment('ProxyJump jump'))).to.equal('through\n');
      expect(accepted()).to.equal(before + 1);
    });

    it('works by several jumps, one behind the other', async () => {
      const before = accepted();
      expect(await echo(environment(`ProxyJump jump,root@jump:${jump.port},jump`))).to.equal('through\n');
      expect(accepted()).to.equal(before + 3);
    });

    it('works where the jump host’s own config names itself as its jump host', async () => {
      expect(await echo(environment('ProxyJump jump', { jumpLines: ['ProxyJump jump'] }))).to.equal('through\n');
    });

    it('works by ProxyJump with keys and known hosts that come from the environment', async () => {
      const env = environment('ProxyJump jump', {
        env: {
          PAKA_SSH_KEY: readFileSync(sshd.identity, 'utf8'),
          PAKA_KNOWN_HOSTS: sshd.knownHostsLine('ed25519') + jump.knownHostsLine('ed25519'),
        },
      });
      expect(await failure(env))
        .to.have.property('message')
        .that.matches(/its jump host cannot be used: jump .*: refused the login as root$/);
      writeFileSync(join(jump.dir, 'authorized_keys'), readFileSync(`${sshd.identity}.pub`), { flag: 'a' });
      expect(await echo(env)).to.equal('through\n');
    });

    for (const way of ['cut', 'silence'] as const) {
      it(`is lost with the connection to the jump host: ${way}`, async () => {
        const proxy = await TcpProxy.start(jump.port);
        const env = environment('ProxyJump jump', {
          jumpLines: [`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${jump.port}`],
        });
        const host = new SshHost(SSHD_HOST, env, { keepaliveMs: 150 });
        const running = await host.start(command('sleep', '3'));
        proxy[way]();
        expect(await rejection(running.exit)).to.be.instanceOf(ConnectionLostError);
        await host.close();
        await proxy.stop();
      });
    }

    it('verifies the jump host’s key, too', async () => {
      const error = await failure(environment('ProxyJump jump', { jumpLines: ['UserKnownHostsFile /dev/null'] }));
      expect(error).to.be.instanceOf(HostKeyError);
      expect(error).to.have.property('host', SSHD_HOST);
      expect(error)
        .to.have.property('message')
        .that.matches(/^private-sshd: its jump host cannot be used: jump: the host's key is not known/);
    });

    it('says that the jump host cannot reach the host', async () => {
      const env = environment('ProxyJump jump');
      const file = env.PAKA_SSH_CONFIG ?? '';
      writeFileSync(file, readFileSync(file, 'utf8').replace(`Port ${sshd.port}`, 'Port 1'));
      expect(await failure(env))
        .to.have.property('message')
        .that.matches(/^private-sshd: the jump host jump cannot connect to 127.0.0.1 port 1: .*Connection refused/);
    });

    it('works by ProxyCommand, its tokens replaced', async () => {
      const how = 'ProxyCommand bash -c "exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3" # 100%%';
      expect(await echo(environment(how))).to.equal('through\n');
    });

    it('says what a ProxyCommand complains of', async () => {
      const error = await failure(environment('ProxyCommand sh -c "echo no way to %h >&2; exit 1"'));
      expect(error).to.have.property('message', `${SSHD_HOST}: its ProxyCommand failed: no way to 127.0.0.1`);
    });
  });
});
