import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../src/lib/errors.js';
import { command } from '../../src/lib/host/command.js';
import { HostUnreachableError } from '../../src/lib/host/errors.js';
import { SshHost } from '../../src/lib/host/ssh/ssh-host.js';
import { startAgent, type TestAgent } from '../support/ssh-agent.js';
import { needsSshd, SSHD_HOST, TestSshd, whyNoSshd, type ClientOptions } from '../support/sshd.js';

describe('Logging in over SSH', function () {
  this.timeout(30_000);
  let sshd: TestSshd;
  let agent: TestAgent;

  before(async function () {
    needsSshd(this);
    sshd = await TestSshd.start({ config: ['MaxAuthTries 4'] });
    agent = await startAgent();
  });
  after(async () => {
    if (whyNoSshd() !== undefined) return;
    await agent.stop();
    await sshd.stop();
  });

  /** Returns why the login failed, or undefined where it worked. */
  async function login(options: ClientOptions): Promise<HostUnreachableError | undefined> {
    const host = new SshHost(SSHD_HOST, sshd.clientEnv(options));
    try {
      await host.run(command('true'));
      return undefined;
    } catch (error) {
      if (!(error instanceof HostUnreachableError)) throw error;
      return error;
    } finally {
      await host.close();
    }
  }
  const authorize = (key: string): void => {
    appendFileSync(join(sshd.dir, 'authorized_keys'), readFileSync(`${key}.pub`));
  };
  const identity = (file: string): string => `IdentityFile ${file}`;
  const nothing = ['IdentityFile /nowhere/id', 'IdentityAgent none'];

  describe('with key files', () => {
    for (const [type, ...options] of [
      ['ed25519'],
      ['ecdsa'],
      ['rsa'],
      ['rsa', '-m', 'PEM'],
      ['ecdsa', '-m', 'PEM'],
    ] as const) {
      it(`works with a key of type ${[type, ...options].join(' ')}`, async () => {
        const key = sshd.newKey(`id-${type}${options.join('')}`, type, ...options);
        authorize(key);
        expect(await login({ config: [identity(key), 'IdentityAgent none'] })).to.equal(undefined);
      });
    }

    it('tries one after another, in the order of the config, and leaves out those that do not exist', async () => {
      const wrong = sshd.newKey('wrong-1');
      const config = [identity(wrong), identity('/nowhere/id'), identity(sshd.identity), 'IdentityAgent none'];
      expect(await login({ config })).to.equal(undefined);
    });

    it('says which it tried when none is right, and never what is in them', async () => {
      const wrong = sshd.newKey('wrong-2');
      renameSync(sshd.identity, `${sshd.identity}.away`);
      try {
        const refused = await login({ config: [identity(wrong), 'IdentityAgent none'] });
        expect(refused?.message).to.equal(`${SSHD_HOST} (127.0.0.1): refused the login as root`);
        expect(refused?.hint).to.match(new RegExp(`^Tried: ${wrong}\\.\n`));
        expect(refused?.hint).to.match(/`ssh -v -F \S+ private-sshd`/);
        const secret = readFileSync(wrong, 'utf8').split('\n')[1] ?? '';
        expect(`${refused?.message}${refused?.hint}${String(refused?.cause)}`).to.not.contain(secret);
      } finally {
        renameSync(`${sshd.identity}.away`, sshd.identity);
      }
    });
  });

  describe('where the right key is not at hand', () => {
    before(() => {
      renameSync(sshd.identity, `${sshd.identity}.away`);
    });
    after(() => {
      if (whyNoSshd() === undefined) renameSync(`${sshd.identity}.away`, sshd.identity);
    });

    it('says that there was no key, and where it looked', async () => {
      const error = await login({ config: nothing });
      expect(error?.hint).to.contain('There was no key to try; looked for /nowhere/id');
      expect(error?.hint).to.contain('There is no agent (SSH_AUTH_SOCK).');
    });

    it('says that a key is encrypted, and uses it when an agent holds it', async () => {
      const key = sshd.newKey('locked');
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret words', '-f', key], { stdio: 'ignore' });
      authorize(key);
      const error = await login({ config: [identity(key), 'IdentityAgent none'] });
      expect(error?.hint).to.contain(`${key} is encrypted: hand it to an agent with \`ssh-add\`.`);
      agent.add(key, 'secret words');
      expect(await login({ config: [identity(key), `IdentityAgent ${agent.socket}`] })).to.equal(undefined);
    });

    it('says that a certificate cannot be used', async () => {
      const key = sshd.newKey('certified');
      const authority = sshd.newKey('authority');
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'me', '-n', 'root', `${key}.pub`], { stdio: 'ignore' });
      const error = await login({ config: [identity(key), 'IdentityAgent none'] });
      expect(error?.hint).to.contain(`${key}-cert.pub is a certificate, which paka cannot use.`);
    });

    it('says that a file is no private key', async () => {
      const file = join(sshd.dir, 'not-a-key');
      writeFileSync(file, 'hello\n');
      const error = await login({ config: [identity(file), 'IdentityAgent none'] });
      expect(error?.hint).to.contain(`${file} is not a private key in a format that paka reads`);
    });

    it('says what the server takes when it takes no keys', async () => {
      const other = await TestSshd.start({ config: ['PubkeyAuthentication no', 'PasswordAuthentication yes'] });
      try {
        const host = new SshHost(SSHD_HOST, other.clientEnv());
        const error = await host.run(command('true')).catch((thrown: unknown) => thrown as HostUnreachableError);
        expect(error).to.have.property('hint').that.contains('The server takes password only.');
      } finally {
        await other.stop();
      }
    });

    it('says so when a second factor is asked for', async () => {
      const other = await TestSshd.start({
        config: ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'],
      });
      try {
        const host = new SshHost(SSHD_HOST, other.clientEnv());
        const error = await host.run(command('true')).catch((thrown: unknown) => thrown);
        expect(error).to.have.property('message').that.contains('took a key of root and asks for more (password)');
      } finally {
        await other.stop();
      }
    });
  });

  describe('with an agent', () => {
    let agent: TestAgent;
    let keys: string[];

    before(async () => {
      agent = await startAgent();
      keys = Array.from({ length: 6 }, (_, index) => sshd.newKey(`agent-${index}`));
      for (const key of keys) agent.add(key);
      authorize(keys[5]!);
      // The files of the config are the public halves, as for keys that only the agent has.
      mkdirSync(join(sshd.dir, 'public'));
      for (const key of keys) renameSync(key, join(sshd.dir, 'public', key.split('/').at(-1)!));
    });
    after(async () => {
      if (whyNoSshd() === undefined) await agent.stop();
    });
    const config = (...lines: string[]): string[] => [...lines, `IdentityAgent ${agent.socket}`];

    it('uses the key that is listed, of many that the agent has', async () => {
      expect(await login({ config: config(`IdentityFile ${keys[5]}`) })).to.equal(undefined);
    });

    it('offers listed keys first where others may be offered, too', async () => {
      expect(await login({ config: config(`IdentityFile ${keys[5]}`, 'IdentitiesOnly no') })).to.equal(undefined);
    });

    it('says so when the server has had enough of its keys', async () => {
      const error = await login({ config: config('IdentityFile /nowhere/id', 'IdentitiesOnly no') });
      expect(error?.message).to.match(/refused the login as root: .*[Tt]oo many authentication failures/);
      expect(error?.hint).to.contain('IdentitiesOnly in the ssh config offers the listed keys alone.');
    });

    it('is found by SSH_AUTH_SOCK', async () => {
      const env = { SSH_AUTH_SOCK: agent.socket };
      expect(await login({ config: [`IdentityFile ${keys[5]}`], env })).to.equal(undefined);
    });

    it('is not asked where the config says `none`', async () => {
      const options = {
        config: [`IdentityFile ${keys[5]}`, 'IdentityAgent none'],
        env: { SSH_AUTH_SOCK: agent.socket },
      };
      renameSync(sshd.identity, `${sshd.identity}.away`);
      try {
        expect((await login(options))?.hint).to.contain('There was no key to try');
      } finally {
        renameSync(`${sshd.identity}.away`, sshd.identity);
      }
    });

    it('that refuses to sign is passed over, for the next key', async () => {
      const refused = sshd.newKey('refused');
      authorize(refused);
      agent.addRefusing(refused);
      expect(await login({ config: config(`IdentityFile ${refused}`) })).to.equal(undefined);
    });

    it('that does not answer is passed over, for key files', async () => {
      expect(await login({ config: [`IdentityAgent ${sshd.dir}/no-such-socket`] })).to.equal(undefined);
    });
  });

  describe('with PAKA_SSH_KEY', () => {
    const forms: Record<string, (text: string) => string> = {
      'as the file holds it': (text) => text,
      'without its last newline': (text) => text.trimEnd(),
      'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
      'with \\n for newlines': (text) => text.replaceAll('\n', '\\n'),
    };
    for (const [form, change] of Object.entries(forms)) {
      it(`works with the key's text ${form}`, async () => {
        const env = { PAKA_SSH_KEY: change(readFileSync(sshd.identity, 'utf8')) };
        expect(await login({ config: nothing, env })).to.equal(undefined);
      });
    }

    it('tries no other key', async () => {
      const wrong = sshd.newKey('wrong-3');
      const error = await login({ env: { PAKA_SSH_KEY: readFileSync(wrong, 'utf8') } });
      expect(error?.hint).to.match(/^Tried: PAKA_SSH_KEY\.\n/);
    });

    it('refuses a value that is no key, or an encrypted one, as wrong usage', async () => {
      const locked = sshd.newKey('locked-2');
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret words', '-f', locked], { stdio: 'ignore' });
      for (const [value, message] of [
        ['', 'PAKA_SSH_KEY is empty'],
        ['ssh-ed25519 AAAA', 'PAKA_SSH_KEY is not a private key'],
        [readFileSync(locked, 'utf8'), 'PAKA_SSH_KEY is encrypted'],
      ] as const) {
        const host = new SshHost(SSHD_HOST, sshd.clientEnv({ env: { PAKA_SSH_KEY: value } }));
        const error = await host.run(command('true')).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(UsageError);
        expect(error).to.have.property('message', message);
        await host.close();
      }
    });
  });
});
