import { expect } from 'chai';
import { parseConfig, sshArguments } from '../../../../src/lib/host/ssh/config.js';
import { jumpsThroughItself, parseJump } from '../../../../src/lib/host/ssh/jump-host.js';
import { expandPath, sshHome } from '../../../../src/lib/host/ssh/tokens.js';

const parse = (lines: string[], env = {}): ReturnType<typeof parseConfig> =>
  parseConfig('shop', ['host shop', 'user deploy', 'hostname shop.example', 'port 2222', ...lines].join('\n'), env);

describe('The ssh config of a host', () => {
  it('is what `ssh -G` prints', () => {
    const config = parse([
      'identityfile ~/.ssh/id_%h',
      'identityfile %d/other',
      'identityfile none',
      'identitiesonly yes',
      'connecttimeout 7',
      'addressfamily inet6',
      'proxyjump a,b',
    ]);
    expect(config).to.include({ user: 'deploy', hostname: 'shop.example', port: 2222, proxyJump: 'a,b' });
    expect(config).to.include({
      identitiesOnly: true,
      connectTimeoutMs: 7000,
      addressFamily: 6,
      hostKeyAlias: undefined,
    });
    expect(config.identityFiles).to.deep.equal([`${sshHome()}/.ssh/id_shop.example`, `${sshHome()}/other`]);
  });

  it('takes `none` for nothing', () => {
    const config = parse(
      ['connecttimeout none', 'proxycommand none', 'proxyjump none', 'identityagent none', 'hostkeyalias none'],
      {
        SSH_AUTH_SOCK: '/agent',
      },
    );
    expect(config).to.include({ connectTimeoutMs: undefined, proxyCommand: undefined, proxyJump: undefined });
    expect(config).to.include({ agent: undefined, hostKeyAlias: undefined });
  });

  it('splits known_hosts files where a path begins, as a path may hold a space', () => {
    const { userKnownHostsFiles } = parse(['userknownhostsfile /a b/known_hosts ~/.ssh/known hosts /c']);
    expect(userKnownHostsFiles).to.deep.equal(['/a b/known_hosts', `${sshHome()}/.ssh/known hosts`, '/c']);
    expect(parse(['userknownhostsfile none']).userKnownHostsFiles).to.deep.equal([]);
  });

  const agents: [string[], string | undefined][] = [
    [[], '/agent'],
    [['identityagent SSH_AUTH_SOCK'], '/agent'],
    [['identityagent $OTHER'], '/other'],
    [['identityagent ${OTHER}'], '/other'],
    [['identityagent $UNSET'], undefined],
    [['identityagent none'], undefined],
    [['identityagent ~/agent-%r'], `${sshHome()}/agent-deploy`],
  ];
  for (const [lines, expected] of agents) {
    it(`has the agent ${expected ?? 'that is none'} by ${lines[0] ?? 'nothing but the environment'}`, () => {
      expect(parse(lines, { SSH_AUTH_SOCK: '/agent', OTHER: '/other' }).agent).to.equal(expected);
    });
  }

  it('is named to ssh with its file', () => {
    expect(sshArguments('shop', {})).to.deep.equal(['shop']);
    expect(sshArguments('shop', { PAKA_SSH_CONFIG: 'my config' })).to.deep.equal(['-F', 'my config', 'shop']);
  });

  it('has tokens, of which unknown ones stay', () => {
    expect(expandPath('~/%h/%%h/%C', { h: 'shop' })).to.equal(`${sshHome()}/shop/%h/%C`);
    expect(expandPath('~other/x', {})).to.equal('~other/x');
  });
});

describe('A jump host', () => {
  const jumps: [string, string, string | undefined, string | undefined][] = [
    ['jump', 'jump', undefined, undefined],
    ['me@jump:2200', 'jump', 'me', '2200'],
    ['[::1]:2200', '::1', undefined, '2200'],
    ['me@[fe80::1]', 'fe80::1', 'me', undefined],
    ['ssh://me@jump:2200/', 'jump', 'me', '2200'],
    ['me@corp@jump', 'jump', 'me@corp', undefined],
  ];
  for (const [text, host, user, port] of jumps) {
    it(`is read from ${text}`, () => {
      expect(parseJump(text)).to.deep.equal({ host, user, port });
    });
  }

  it('is no jump host for itself', () => {
    const self = { name: 'jump', hostname: '10.0.0.1', port: 22 };
    expect(jumpsThroughItself('jump', self)).to.equal(true);
    expect(jumpsThroughItself('me@10.0.0.1:22', self)).to.equal(true);
    expect(jumpsThroughItself('jump:2222', self)).to.equal(false);
    expect(jumpsThroughItself('other', self)).to.equal(false);
    expect(jumpsThroughItself('other,jump', self)).to.equal(false);
  });
});
