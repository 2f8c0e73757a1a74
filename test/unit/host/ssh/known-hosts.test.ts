import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  findHost,
  judgeKey,
  knownTypes,
  lookupNames,
  matchesName,
  parseKnownHosts,
} from '../../../../src/lib/host/ssh/known-hosts.js';

/** A public key in the wire format. */
function publicKey(type: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), randomBytes(36)]);
}
const ed25519 = publicKey('ssh-ed25519');
const otherEd25519 = publicKey('ssh-ed25519');
const rsa = publicKey('ssh-rsa');
const line = (names: string, key: Buffer, type = key.toString('latin1', 4, 4 + key.readUInt32BE(0))): string =>
  `${names} ${type} ${key.toString('base64')}`;
const hashed = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('A known_hosts file', () => {
  it('is read with its markers, comments and the places of its lines', () => {
    const text = [
      '# comment',
      '',
      line('a', ed25519),
      `  \t${line('b', rsa)} a comment\r`,
      `@revoked ${line('*', rsa)}`,
    ].join('\n');
    const keys = parseKnownHosts(text, 'file');
    expect(keys.map(({ names, marker, type, source, line: at }) => [names, marker, type, source, at])).to.deep.equal([
      ['a', undefined, 'ssh-ed25519', 'file', 3],
      ['b', undefined, 'ssh-rsa', 'file', 4],
      ['*', 'revoked', 'ssh-rsa', 'file', 5],
    ]);
  });

  const garbage: Record<string, string> = {
    'a word': 'garbage',
    'a key of another type than it says': line('a', ed25519, 'ssh-rsa'),
    'a key that is cut': `a ssh-ed25519 AAAA`,
    'a marker that nobody knows': `@trusted ${line('a', ed25519)}`,
    'a key of SSH version 1': 'a 2048 65537 1234567890',
    'bytes that are no text': '\ufffd\ufffd \ufffd',
  };
  for (const [kind, text] of Object.entries(garbage)) {
    it(`leaves out a line with ${kind}`, () => {
      expect(parseKnownHosts(text, 'file')).to.deep.equal([]);
    });
  }

  const matches: [string, string, boolean][] = [
    ['shop', 'shop', true],
    ['Shop', 'shop', true],
    ['a,shop,b', 'shop', true],
    ['shop', 'shop2', false],
    ['shop?', 'shop2', true],
    ['*', 'anything', true],
    ['*.example', 'a.b.example', true],
    ['*.example', 'example', false],
    ['*.example,!bad.example', 'bad.example', false],
    ['!bad.example,*.example', 'good.example', true],
    ['!bad.example', 'good.example', false],
    ['[shop]:22', 'shop', false],
    ['[shop]:2222', '[shop]:2222', true],
    ['[*]:2222', '[shop]:2222', true],
    ['shop.example', 'shopXexample', false],
    ['10.0.0.(1|2)', '10.0.0.1', false],
    ['|1|bad', 'shop', false],
    ['|2|c2FsdA==|aGFzaA==', 'shop', false],
  ];
  for (const [names, name, expected] of matches) {
    it(`${expected ? 'means' : 'does not mean'} ${name} by ${names}`, () => {
      expect(matchesName(names, name)).to.equal(expected);
    });
  }

  it('means a host by the hash of its name', () => {
    expect(matchesName(hashed('[shop]:2222'), '[shop]:2222')).to.equal(true);
    expect(matchesName(hashed('[shop]:2222'), 'shop')).to.equal(false);
  });

  it('is searched for the name, the name with a port, or the alias alone', () => {
    const host = { hostname: 'Shop.Example', port: 22, hostKeyAlias: undefined };
    expect(lookupNames(host)).to.deep.equal(['shop.example']);
    expect(lookupNames({ ...host, port: 2222 })).to.deep.equal(['[shop.example]:2222', 'shop.example']);
    expect(lookupNames({ ...host, port: 2222, hostKeyAlias: 'Alias' })).to.deep.equal(['alias']);
  });
});

describe('A host’s key', () => {
  const judge = (lines: string[], key: Buffer, port = 22): string => {
    const names = lookupNames({ hostname: 'shop', port, hostKeyAlias: undefined });
    return judgeKey(findHost(parseKnownHosts(lines.join('\n'), 'file'), names), key).status;
  };

  it('is known by any one of several lines', () => {
    expect(judge([line('shop', otherEd25519), line('shop', rsa), line('shop', ed25519)], ed25519)).to.equal('known');
  });
  it('has changed when only other keys of its type are known', () => {
    expect(judge([line('shop', otherEd25519), line('shop', rsa)], ed25519)).to.equal('changed');
  });
  it('is unknown when only keys of other types are', () => {
    expect(judge([line('shop', rsa)], ed25519)).to.equal('unknown');
  });
  it('is unknown when only other hosts have it', () => {
    expect(judge([line('other', ed25519)], ed25519)).to.equal('unknown');
  });
  it('is revoked for the hosts that the line means, known or not', () => {
    expect(judge([line('shop', ed25519), `@revoked ${line('*', ed25519)}`], ed25519)).to.equal('revoked');
    expect(judge([line('shop', ed25519), `@revoked ${line('other', ed25519)}`], ed25519)).to.equal('known');
    expect(judge([line('shop', ed25519), `@revoked ${line('*', otherEd25519)}`], ed25519)).to.equal('known');
  });
  it('cannot be verified by a certificate authority alone', () => {
    expect(judge([`@cert-authority ${line('*', ed25519)}`], ed25519)).to.equal('authority-only');
    expect(judge([`@cert-authority ${line('*', rsa)}`, line('shop', ed25519)], ed25519)).to.equal('known');
  });
  it('on another port is known under the name without a port, but never changed by it', () => {
    expect(judge([line('shop', ed25519)], ed25519, 2222)).to.equal('known');
    expect(judge([line('shop', otherEd25519)], ed25519, 2222)).to.equal('unknown');
    expect(judge([line('shop', ed25519), line('[shop]:2222', otherEd25519)], ed25519, 2222)).to.equal('changed');
    expect(judge([`@revoked ${line('shop', ed25519)}`, line('[shop]:2222', ed25519)], ed25519, 2222)).to.equal(
      'revoked',
    );
  });
  it('is asked for by the types that are known', () => {
    const known = parseKnownHosts(
      [line('shop', rsa), line('shop', rsa), `@revoked ${line('shop', ed25519)}`].join('\n'),
      'f',
    );
    expect(knownTypes(findHost(known, ['shop']))).to.deep.equal(['ssh-rsa']);
  });
});
