import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { command } from '../../src/lib/host/command.js';
import { HostKeyError } from '../../src/lib/host/errors.js';
import { SshHost } from '../../src/lib/host/ssh/ssh-host.js';
import { rejection } from '../support/rejection.js';
import { needsSshd, SSHD_HOST, TestSshd, whyNoSshd, type KeyType } from '../support/sshd.js';

describe('Host keys over SSH', function () {
  this.timeout(30_000);
  let sshd: TestSshd;
  /** Stands in another's place: a host key that is not sshd's. */
  let otherKey: string;

  before(async function () {
    needsSshd(this);
    sshd = await TestSshd.start({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] });
    otherKey = readFileSync(`${sshd.newKey('other')}.pub`, 'utf8');
  });
  after(async () => {
    if (whyNoSshd() === undefined) await sshd.stop();
  });

  const name = (): string => `[127.0.0.1]:${sshd.port}`;
  const fingerprint = (type: KeyType): string =>
    execFileSync('ssh-keygen', ['-lf', join(sshd.dir, `host_${type}.pub`)], { encoding: 'utf8' }).split(' ')[1] ?? '';

  /** Connects with these lines in a known_hosts file of its own; returns that file and the error, if any. */
  async function connect(
    lines: string,
    { config = [], env = {} }: { config?: string[]; env?: Record<string, string> } = {},
  ): Promise<{ file: string; error: HostKeyError | undefined; again: () => Promise<unknown> }> {
    const file = join(sshd.dir, `known-${Math.random()}`);
    writeFileSync(file, lines);
    const options = { config: [...config, `UserKnownHostsFile ${file}`], env };
    const once = async (): Promise<HostKeyError | undefined> => {
      const host = new SshHost(SSHD_HOST, sshd.clientEnv(options));
      try {
        await host.run(command('true'));
        return undefined;
      } catch (error) {
        expect(error).to.be.instanceOf(HostKeyError);
        return error as HostKeyError;
      } finally {
        await host.close();
      }
    };
    return { file, error: await once(), again: once };
  }

  /** Runs the commands that a hint shows between these two texts. */
  function follow(hint: string | undefined, from: RegExp): void {
    const commands = (hint ?? '')
      .split(from)[1]
      ?.split('\n')
      .filter((line) => line.startsWith('  '));
    expect(commands).to.not.be.empty;
    execFileSync('sh', ['-ec', (commands ?? []).join('\n')], { stdio: 'ignore' });
  }

  for (const type of ['ed25519', 'rsa', 'ecdsa'] as const) {
    it(`are verified when a host has several and only its ${type} key is known`, async () => {
      expect((await connect(sshd.knownHostsLine(type))).error).to.equal(undefined);
    });
  }

  it('are verified against hashed names', async () => {
    const { file, again } = await connect('');
    writeFileSync(file, sshd.knownHostsLine('ecdsa'));
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).to.match(/^\|1\|/);
    expect(await again()).to.equal(undefined);
  });

  it('are verified against patterns, in any of several files', async () => {
    const { file } = await connect(`# a comment\n\ngarbage\n${sshd.knownHostsLine('rsa', '[127.0.0.?]:*,!*.example')}`);
    const second = await connect('', { config: [`UserKnownHostsFile /nowhere/at-all ${file}`] });
    expect(second.error).to.equal(undefined);
    const global = await connect('', { config: [`GlobalKnownHostsFile ${file}`] });
    expect(global.error).to.equal(undefined);
  });

  it('are looked up under HostKeyAlias', async () => {
    const { error } = await connect(sshd.knownHostsLine('ed25519', 'the-alias'), {
      config: ['HostKeyAlias the-alias'],
    });
    expect(error).to.equal(undefined);
  });

  it('are taken from PAKA_KNOWN_HOSTS alone where that is set', async () => {
    const line = sshd.knownHostsLine('rsa');
    expect((await connect('', { env: { PAKA_KNOWN_HOSTS: line } })).error).to.equal(undefined);
    const { error } = await connect(line, { env: { PAKA_KNOWN_HOSTS: '' } });
    expect(error?.hint).to.contain('put into PAKA_KNOWN_HOSTS:');
  });

  describe('of an unknown host', () => {
    it('are refused, with the fingerprint, and with the command that adds this very key', async () => {
      const { error, again, file } = await connect('');
      expect(error?.message).to.equal(
        `${SSHD_HOST}: the host's key is not known: ED25519 key ${fingerprint('ed25519')}`,
      );
      expect(error?.exitCode).to.equal(3);
      expect(error?.hint).to.contain(`ssh-keyscan -t ed25519 -p ${sshd.port} 127.0.0.1 | ssh-keygen -lf -`);
      follow(error?.hint, /Only if it is the same, add the key:/);
      expect(readFileSync(file, 'utf8')).to.equal(sshd.knownHostsLine('ed25519'));
      expect(await again()).to.equal(undefined);
    });

    it('show in the hint how to see the fingerprint', async () => {
      const { error } = await connect('');
      const [line] = /ssh-keyscan .*/.exec(error?.hint ?? '') ?? [''];
      expect(execFileSync('sh', ['-c', line], { encoding: 'utf8', stdio: 'pipe' })).to.contain(fingerprint('ed25519'));
    });

    it('are refused before anything of the user is sent', async () => {
      const logins = sshd.log.split('\n').filter((line) => /Accepted|Failed|for root/.test(line)).length;
      await connect('');
      expect(sshd.log.split('\n').filter((line) => /Accepted|Failed|for root/.test(line))).to.have.length(logins);
    });

    it('are refused whatever StrictHostKeyChecking says', async () => {
      const { error } = await connect('', { config: ['StrictHostKeyChecking no'] });
      expect(error?.message).to.contain('is not known');
      const nowhere = await connect('', { config: ['StrictHostKeyChecking off', 'UserKnownHostsFile /dev/null'] });
      expect(nowhere.error?.hint).to.match(/>> \/\S+\/\.ssh\/known_hosts$/);
    });

    it('are refused when a pattern excludes the host', async () => {
      const { error } = await connect(sshd.knownHostsLine('ed25519', '*,![127.0.0.1]:*'));
      expect(error?.message).to.contain('is not known');
    });
  });

  it('that have changed are refused, with the place of the old key and the commands that replace it', async () => {
    const { error, file, again } = await connect(`# comment\n${name()} ${otherKey}`);
    expect(error?.message).to.equal(
      `${SSHD_HOST}: the host's key has changed: it now shows the ED25519 key ${fingerprint('ed25519')}`,
    );
    expect(error?.hint).to.contain(`the ED25519 key in ${file}:2 (SHA256:`);
    expect(error?.hint).to.contain(`ssh-keygen -R '${name()}' -f ${file}`);
    follow(error?.hint, /put the new key in place of the old one:/);
    expect(await again()).to.equal(undefined);
  });

  it('that are revoked are refused, though they are known, too', async () => {
    const line = sshd.knownHostsLine('ed25519');
    const { error } = await connect(`${line}@revoked * ${line.split(' ').slice(1).join(' ')}`);
    expect(error?.message).to.equal(`${SSHD_HOST}: the host's key is revoked: ED25519 key ${fingerprint('ed25519')}`);
    expect(error?.hint).to.match(/marked @revoked: the ED25519 key in .*:2/);
  });

  it('that only a certificate authority vouches for are refused, as they cannot be verified', async () => {
    const { error } = await connect(`@cert-authority * ${otherKey}`);
    expect(error?.message).to.contain('known by a certificate authority only');
    expect(error?.hint).to.match(/@cert-authority line: the ED25519 key in .*:1\./);
  });

  it('of another type than the known ones are refused as unknown, and say so', async () => {
    const single = await TestSshd.start({ hostKeys: ['ecdsa'] });
    try {
      writeFileSync(single.knownHosts, `[127.0.0.1]:${single.port} ${otherKey}`);
      const host = new SshHost(SSHD_HOST, single.clientEnv());
      const error = (await rejection(host.run(command('true')))) as HostKeyError;
      expect(error.message).to.match(/the host's key is not known: ECDSA key/);
      expect(error.hint).to.match(/Known are keys of other types: the ED25519 key in .*:1/);
    } finally {
      await single.stop();
    }
  });
});
