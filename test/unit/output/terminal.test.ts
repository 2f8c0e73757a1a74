import { expect } from 'chai';
import { describeTerminal } from '../../../src/lib/output/terminal.js';

const tty = { isTTY: true, columns: 120 };
const pipe = {};

describe('describing a terminal', () => {
  it('takes the width of a terminal, and any width for a pipe', () => {
    expect(describeTerminal(tty, {}).width).to.equal(120);
    expect(describeTerminal(pipe, {}).width).to.equal(undefined);
  });

  it('is interactive only where a person sits: not in a pipe, under CI, or on a dumb terminal', () => {
    expect(describeTerminal(tty, {}).interactive).to.equal(true);
    expect(describeTerminal(pipe, {}).interactive).to.equal(false);
    expect(describeTerminal(tty, { CI: 'true' }).interactive).to.equal(false);
    expect(describeTerminal(tty, { CI: 'false' }).interactive).to.equal(true);
    expect(describeTerminal(tty, { TERM: 'dumb' }).interactive).to.equal(false);
  });

  const colors: [what: string, stream: object, environment: Record<string, string>, color: boolean][] = [
    ['a terminal', tty, {}, true],
    ['a pipe', pipe, {}, false],
    ['a terminal under NO_COLOR', tty, { NO_COLOR: '1' }, false],
    ['a terminal under an empty NO_COLOR', tty, { NO_COLOR: '' }, true],
    ['a pipe under FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
    ['a terminal under FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR beside FORCE_COLOR', pipe, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['a dumb terminal', tty, { TERM: 'dumb' }, false],
    ["GitHub's log", pipe, { GITHUB_ACTIONS: 'true', CI: 'true' }, true],
    ['another CI', pipe, { CI: 'true' }, false],
  ];
  for (const [what, stream, environment, color] of colors)
    it(`${color ? 'has' : 'has no'} colour: ${what}`, () => {
      expect(describeTerminal(stream, environment).color).to.equal(color);
    });

  for (const [locale, unicode] of [
    ['C.UTF-8', true],
    ['en_US.utf8', true],
    ['C', false],
    ['POSIX', false],
  ] as const)
    it(`${unicode ? 'shows' : 'shows no'} glyphs beyond ASCII under ${locale}`, () => {
      expect(describeTerminal(tty, { LANG: locale }).unicode).to.equal(unicode);
    });
});
