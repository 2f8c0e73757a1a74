import { $, bold, cyan, dim, green, red, yellow } from 'kleur/colors';
import type { Terminal } from './terminal.js';

type Paint = (text: string) => string;

/** How things look: only the 16 colours that every terminal theme, light or dark, has chosen for itself. */
export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly caution: Paint;
  readonly quiet: Paint;
  readonly strong: Paint;
  readonly link: Paint;
  readonly glyphs: Glyphs;
}

interface Glyphs {
  readonly good: string;
  readonly bad: string;
  readonly caution: string;
  readonly unknown: string;
  readonly bar: string;
  readonly dot: string;
  readonly none: string;
  readonly arrow: string;
}

const unicodeGlyphs: Glyphs = {
  good: '●',
  bad: '✖',
  caution: '▲',
  unknown: '?',
  bar: '│',
  dot: '·',
  none: '–',
  arrow: '→',
};
const asciiGlyphs: Glyphs = {
  good: '*',
  bad: 'x',
  caution: '!',
  unknown: '?',
  bar: '|',
  dot: '-',
  none: '-',
  arrow: '->',
};

/** Returns the paints for this terminal. kleur itself looks at standard output only, so the terminal decides instead. */
export function paletteFor(terminal: Terminal): Palette {
  const glyphs = terminal.unicode ? unicodeGlyphs : asciiGlyphs;
  const plain: Paint = (text) => text;
  if (!terminal.color)
    return { good: plain, bad: plain, caution: plain, quiet: plain, strong: plain, link: plain, glyphs };
  $.enabled = true;
  const paint =
    (style: (text: string) => string): Paint =>
    (text) =>
      text === '' ? text : style(text);
  return {
    good: paint(green),
    bad: paint((text) => bold(red(text))),
    caution: paint(yellow),
    quiet: paint(dim),
    strong: paint(bold),
    link: paint(cyan),
    glyphs,
  };
}
