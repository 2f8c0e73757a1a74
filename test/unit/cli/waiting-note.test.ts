import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { WaitingNote } from '../../../src/cli/waiting-note.js';

class Screen {
  text = '';
  columns = 30;

  constructor(readonly isTTY: boolean) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

describe('the note of what is waited for', () => {
  const { CI, TERM } = process.env;
  before(() => {
    delete process.env['CI'];
    process.env['TERM'] = 'xterm';
  });
  after(() => {
    if (CI !== undefined) process.env['CI'] = CI;
    if (TERM !== undefined) process.env['TERM'] = TERM;
  });

  it('is not shown for answers that come soon', async () => {
    const screen = new Screen(true);
    const note = new WaitingNote(screen);
    note.asked('one');
    await sleep(50);
    note.answered('one');
    await sleep(1100);
    expect(screen.text).to.equal('');
  });

  it('names who is still waited for, in one line, and is gone at the end', async () => {
    const screen = new Screen(true);
    const note = new WaitingNote(screen);
    note.asked('one');
    note.asked('another-host-with-a-long-name');
    await sleep(1100);
    note.answered('one');
    note.answered('another-host-with-a-long-name');
    const lines = screen.text.split('\r\u001b[K');
    expect(lines).to.deep.equal(['', 'waiting for one, another-hos…', 'waiting for another-host-wit…', '']);
  });

  it('is for people alone', async () => {
    const pipe = new Screen(false);
    const note = new WaitingNote(pipe);
    note.asked('one');
    await sleep(1100);
    note.answered('one');
    expect(pipe.text).to.equal('');
  });
});
