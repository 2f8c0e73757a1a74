import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { UsageError } from '../../../src/lib/errors.js';
import { command } from '../../../src/lib/host/command.js';
import { quote, quoteCommand } from '../../../src/lib/host/quote.js';

describe('Quoting', () => {
  const plain = ['systemctl', '/bin/systemctl', 'pakashop-api.service', '--property=Id,ActiveState', '-n', 'a@b:22'];
  for (const word of plain) {
    it(`leaves ${word} as it is`, () => {
      expect(quote(word)).to.equal(word);
    });
  }

  const quoted: Record<string, string> = {
    '': `''`,
    'a b': `'a b'`,
    "it's": `'it'\\''s'`,
    'a\\': `'a'\\\\''`,
    'A=b': `'A=b'`,
    '=ls': `'=ls'`,
    $HOME: `'$HOME'`,
    '~': `'~'`,
    'a\nb': `'a\nb'`,
  };
  for (const [word, expected] of Object.entries(quoted)) {
    it(`quotes ${JSON.stringify(word)}`, () => {
      expect(quote(word)).to.equal(expected);
    });
  }

  it('refuses a NUL byte', () => {
    expect(() => quote('a\0b')).to.throw(UsageError, 'NUL byte');
  });

  it('writes a command as one line', () => {
    expect(quoteCommand(command('echo', 'a b', "c'd", '--e=f'))).to.equal(`echo 'a b' 'c'\\''d' --e=f`);
  });

  const everything = [...Array(255).keys()].map((index) => String.fromCodePoint(index + 1));
  const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).error === undefined;
  for (const shell of ['sh', 'bash', 'dash', 'zsh', 'fish'].filter(installed)) {
    it(`is undone by ${shell}`, () => {
      const words = [...everything, everything.join(''), `'\\''`, '\\\\', "\\'", '🐟', ''];
      const { stdout } = spawnSync(shell, ['-c', quoteCommand(command('printf', '%s\\0', ...words))], {
        encoding: 'utf8',
      });
      expect(stdout.split('\0').slice(0, -1)).to.deep.equal(words);
    });
  }
});
