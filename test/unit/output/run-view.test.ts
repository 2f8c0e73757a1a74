import { stripVTControlCharacters } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { frameLines } from '../../../src/lib/output/run/frame.js';
import { LiveView } from '../../../src/lib/output/run/live.js';
import { PlainView } from '../../../src/lib/output/run/plain.js';
import { advance, finish, newRun } from '../../../src/lib/output/run/run-model.js';
import { runView } from '../../../src/lib/output/run/view.js';
import { paletteFor } from '../../../src/lib/output/palette.js';
import type { Terminal } from '../../../src/lib/output/terminal.js';
import { expectGolden } from '../../support/golden.js';
import { hostsOf, scenarios, type Timed } from '../../support/run-scenarios.js';

const pipe: Terminal = { interactive: false, width: undefined, color: false, unicode: true };
const screen: Terminal = { interactive: true, width: 80, color: false, unicode: true };

/** Keeps what is written to it. */
class Paper {
  text = '';
  isTTY = true;
  columns = 80;
  rows = 24;

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

function plainText(events: readonly Timed[]): string {
  const paper = new Paper();
  let now = 0;
  const view = new PlainView(paper, pipe, hostsOf(events), () => now);
  for (const { at, event } of events) {
    now = at;
    view.emit(event);
  }
  view.close();
  return paper.text.trimEnd();
}

/** The picture after each event of a scenario. */
function frames(events: readonly Timed[], width: number, height: number): string[][] {
  const options = { palette: paletteFor(screen), width, height, spinner: '⠋' };
  let model = newRun(hostsOf(events));
  return events.map(({ at, event }) => {
    model = advance(model, event, at);
    return frameLines(model, { ...options, now: at + 40 });
  });
}

describe('a run in lines', () => {
  for (const [name, events] of Object.entries(scenarios))
    it(`tells what is worth a line: ${name}`, () => {
      expectGolden(`run-plain-${name}.txt`, plainText(events));
    });

  it('never moves the cursor', () => {
    for (const events of Object.values(scenarios))
      expect(plainText(events).replaceAll('\n', '')).not.to.match(/\p{Cc}/u);
  });

  it('is chosen for what is no terminal of a person, and none at all with --json', async () => {
    const stream = new Paper() as unknown as NodeJS.WriteStream;
    expect(await runView({ terminal: pipe, stream, hosts: [], json: false })).to.be.instanceOf(PlainView);
    const silent = await runView({ terminal: screen, stream, hosts: ['one'], json: true });
    silent.emit({ type: 'note', host: 'one', tone: 'bad', text: 'no' });
    silent.close();
    expect((stream as unknown as Paper).text).to.equal('');
  });
});

describe('a run as a picture', () => {
  for (const [width, height] of [
    [80, 22],
    [120, 38],
    [40, 10],
    [60, 3],
  ] as const)
    it(`fits ${width} columns and ${height} lines at any moment of any run`, () => {
      for (const events of Object.values(scenarios))
        for (const frame of frames(events, width, height)) {
          expect(frame).to.have.length.at.most(height);
          expect(frame.filter((line) => stringWidth(line) > width)).to.deep.equal([]);
        }
    });

  it('shows 19 services on 24 rows: those that are waited for, and how many are well', () => {
    const all = frames(scenarios['everything']!, 79, 22);
    const busiest = all.reduce((most, frame) => (frame.length > most.length ? frame : most));
    expectGolden('run-frame-everything.txt', busiest.join('\n'));
  });

  it('counts out of how many, where the beginning told it', () => {
    const began = { type: 'phase', host: 'one', phase: 'switch', state: 'began', total: 19 } as const;
    const model = advance(newRun(['one']), began, 0);
    const [line] = frameLines(model, { palette: paletteFor(screen), width: 80, height: 22, spinner: '⠋', now: 500 });
    expect(line).to.equal(' ⠋ switch    0.5 s  0 of 19 well');
  });

  it('folds what is over where several hosts need the room', () => {
    const all = frames(scenarios['hosts']!, 79, 22);
    expectGolden('run-frame-hosts.txt', all[Math.floor(all.length * 0.75)]!.join('\n'));
  });

  for (const name of ['failure', 'undo-failed', 'interrupted'])
    it(`leaves in the end what happened: ${name}`, () => {
      const events = scenarios[name]!;
      const end = (events.at(-1)?.at ?? 0) + 100;
      const model = events.reduce((state, { at, event }) => advance(state, event, at), newRun(hostsOf(events)));
      const options = { palette: paletteFor(screen), width: 80, height: undefined, spinner: '⠋', now: end };
      expectGolden(`run-end-${name}.txt`, frameLines(finish(model, end), options).join('\n'));
    });
});

describe('a run on a terminal', () => {
  const cursor = { hidden: '\u001b[?25l', shown: '\u001b[?25h' };

  it('is drawn, leaves its last state as lines, and gives the cursor back', async () => {
    const paper = new Paper();
    const view = new LiveView(paper as unknown as NodeJS.WriteStream, screen, ['one']);
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'began' });
    for (let waited = 0; waited < 5000 && !paper.text.includes('looking'); waited += 20) await sleep(20);
    expect(paper.text).to.include(cursor.hidden).and.to.include('looking at the host');
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'ended' });
    view.close();
    const text = paper.text;
    expect(text.lastIndexOf(cursor.shown)).to.be.greaterThan(text.lastIndexOf(cursor.hidden));
    const end = stripVTControlCharacters(text.slice(text.lastIndexOf(cursor.shown)));
    expect(end).to.match(/^ ● look +\d\.\d s {2}looked at the host\n$/);
    await sleep(200);
    expect(paper.text).to.equal(text);
  });

  it('can pause for a question, and does not repeat what stands there already', async () => {
    const paper = new Paper();
    const view = new LiveView(paper as unknown as NodeJS.WriteStream, screen, ['one']);
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'began' });
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'ended' });
    await sleep(200);
    view.pause();
    paper.write('the plan\n');
    await sleep(200);
    expect(paper.text.endsWith('the plan\n')).to.equal(true);
    const before = paper.text.length;
    view.emit({ type: 'phase', host: 'one', phase: 'lock', state: 'began' });
    await sleep(200);
    view.close();
    expect(paper.text.slice(before)).to.include('lock').and.not.to.include('look');
  });

  it('draws nothing after a pause or an end that came before it could begin', async () => {
    const paper = new Paper();
    const view = new LiveView(paper as unknown as NodeJS.WriteStream, screen, ['one']);
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'began' });
    view.close();
    const lines = stripVTControlCharacters(paper.text);
    expect(lines).to.match(/^ ▲ look +0\.0 s {2}stopped\n$/);
    await sleep(200);
    expect(stripVTControlCharacters(paper.text)).to.equal(lines);
  });

  it('leaves the listeners of signals as they were', () => {
    const count = (): number => process.listenerCount('SIGINT') + process.listenerCount('exit');
    const before = count();
    const view = new LiveView(new Paper() as unknown as NodeJS.WriteStream, screen, ['one']);
    view.emit({ type: 'phase', host: 'one', phase: 'look', state: 'began' });
    view.close();
    expect(count()).to.equal(before);
  });
});
