import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { environmentFilePart } from '../../../src/lib/systemd/environment-file.js';

/** Each pair was compared with what `systemd-run -p EnvironmentFile=` of systemd 252 gives a process. */
const lines: readonly [text: string, value: string | undefined][] = [
  ['A=plain value  ', 'plain value'],
  ['A="quoted # no comment"', 'quoted # no comment'],
  [`A='single $x \\n'`, 'single $x \\n'],
  ['A="back\\\\slash"', 'back\\slash'],
  ['A="esc \\"q\\" and \\$ \\a"', 'esc "q" and $ \\a'],
  ['A=un\\quoted\\ back', 'unquoted back'],
  ['A=conti\\\nnued', 'continued'],
  ['A="-----BEGIN\nline two\n-----END"', '-----BEGIN\nline two\n-----END'],
  ['A = spaced', 'spaced'],
  [`A=a"b c"d'e f'`, `a"b c"d'e f'`],
  ['A=postgresql://u:p%40ss@h/db?x=1#frag', 'postgresql://u:p%40ss@h/db?x=1#frag'],
  ['A=', ''],
  ['# A=comment', undefined],
  ['; A=comment', undefined],
  ['export A=1', undefined],
];

describe('an env file, as a host program reads it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'paka-env-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  function read(text: string): Map<string, string> {
    const file = join(directory, 'env');
    writeFileSync(file, text);
    const { stdout, stderr } = spawnSync('bash', ['-c', `${environmentFilePart()}\nenvironment_of "$1"`, 'x', file], {
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    const variables = stdout.split('\0').slice(0, -1);
    return new Map(variables.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
  }

  for (const [text, value] of lines)
    it(`gives ${JSON.stringify(value)} for ${JSON.stringify(text)}`, () => {
      const variables = read(`BEFORE=1\n${text}\nAFTER=2\n`);
      expect(variables.get('A')).to.equal(value);
      expect([variables.get('BEFORE'), variables.get('AFTER')]).to.deep.equal(['1', '2']);
    });

  it('needs no newline at its end', () => {
    expect(read('A=1\nB=last').get('B')).to.equal('last');
  });
});
