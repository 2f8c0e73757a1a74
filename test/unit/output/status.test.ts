import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { renderStatus } from '../../../src/lib/output/status/render.js';
import type { Terminal } from '../../../src/lib/output/terminal.js';
import { expectGolden } from '../../support/golden.js';
import { now, troubledReport, wellReport } from './status-fixture.js';

const screen: Terminal = { interactive: true, width: 80, color: true, unicode: true };
const places: Readonly<Record<string, Terminal>> = {
  'terminal-80': screen,
  'terminal-120': { ...screen, width: 120 },
  'terminal-200': { ...screen, width: 200 },
  'no-color-80': { ...screen, color: false },
  'ascii-80': { ...screen, color: false, unicode: false },
  pipe: { interactive: false, width: undefined, color: false, unicode: true },
  'github-log': { interactive: false, width: undefined, color: true, unicode: true },
};

describe('the status on a screen', () => {
  for (const [place, terminal] of Object.entries(places)) {
    it(`looks as it should: ${place}`, () => {
      expectGolden(`status-${place}.txt`, renderStatus(troubledReport, { terminal, now, faultsOnly: false }));
    });
  }

  it('with --faults shows only what is not well', () => {
    const text = renderStatus(troubledReport, { terminal: { ...screen, color: false }, now, faultsOnly: true });
    expectGolden('status-faults.txt', text);
  });

  it('is short where all is well', () => {
    expectGolden('status-well.txt', renderStatus(wellReport, { terminal: screen, now, faultsOnly: false }));
    expectGolden('status-well-faults.txt', renderStatus(wellReport, { terminal: screen, now, faultsOnly: true }));
  });

  for (const width of [40, 60, 80, 100, 120, 200]) {
    it(`has no line wider than ${width} columns`, () => {
      const text = renderStatus(troubledReport, { terminal: { ...screen, width }, now, faultsOnly: false });
      const wide = text.split('\n').filter((line) => stringWidth(line) > width);
      expect(wide).to.deep.equal([]);
    });
  }

  it('lets no control character of a log line through but the colours of its own', () => {
    const text = renderStatus(troubledReport, { terminal: screen, now, faultsOnly: false });
    expect(stripVTControlCharacters(text).replaceAll('\n', '')).not.to.match(/\p{Cc}/u);
    expect(text).not.to.include('\u001b[2J');
  });

  it('says without colour all that it says with it', () => {
    const colored = renderStatus(troubledReport, { terminal: screen, now, faultsOnly: false });
    const plain = renderStatus(troubledReport, { terminal: { ...screen, color: false }, now, faultsOnly: false });
    expect(stripVTControlCharacters(colored)).to.equal(plain);
  });
});
