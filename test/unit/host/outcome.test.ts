import { expect } from 'chai';
import { command } from '../../../src/lib/host/command.js';
import { CommandFailedError } from '../../../src/lib/host/errors.js';
import type { Exit, Outcome } from '../../../src/lib/host/host.js';
import { exitWords, expectSuccess } from '../../../src/lib/host/outcome.js';
import { hostProgram, programCommand } from '../../../src/lib/host/program.js';

const outcome = (exit: Exit, stderr = ''): Outcome => ({ exit, stdout: Buffer.alloc(0), stderr: Buffer.from(stderr) });
const host = { name: 'shop-1' };

describe('The outcome of a command', () => {
  it('is returned when the code is 0', () => {
    const good = outcome({ code: 0, signal: null });
    expect(expectSuccess(host, command('true'), good)).to.equal(good);
  });

  it('is an error in words otherwise, with the last lines of standard error', () => {
    const stderr = `${Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n')}\n\x1b[31mred\n`;
    expect(() => expectSuccess(host, command('/bin/systemctl', 'secret'), outcome({ code: 3, signal: null }, stderr)))
      .to.throw(CommandFailedError)
      .with.property(
        'message',
        'shop-1: systemctl failed with exit code 3\n  line 5\n  line 6\n  line 7\n  line 8\n  red',
      );
  });

  it('is named after a program’s file', () => {
    const program = hostProgram('end-group.sh', new URL('../../../src/lib/host/launch.ts', import.meta.url).href);
    expect(() => expectSuccess(host, programCommand(program), outcome({ code: 1, signal: null }))).to.throw(
      'shop-1: end-group.sh failed with exit code 1',
    );
  });

  const words: [Exit, string][] = [
    [{ code: 0, signal: null }, 'succeeded'],
    [{ code: 1, signal: null }, 'failed with exit code 1'],
    [{ code: 126, signal: null }, 'cannot be executed (exit code 126)'],
    [{ code: 127, signal: null }, 'was not found (exit code 127)'],
    [{ code: null, signal: 'SIGKILL' }, 'was ended by SIGKILL'],
  ];
  for (const [exit, expected] of words) {
    it(`is put as "${expected}"`, () => {
      expect(exitWords(exit)).to.equal(expected);
    });
  }
});
