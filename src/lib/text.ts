import { stripVTControlCharacters } from 'node:util';

/** What a terminal acts on: C0, DEL, C1, and the marks that reorder text or take no width. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Returns one line of foreign text (of a log, a server, a key's comment) as it may stand in a message or on a screen: no
 * escape sequences, tabs as spaces, any other control character as \ufffd, at most `width` characters.
 */
export function harmless(line: string, width = Infinity): string {
  const text = stripVTControlCharacters(line).replaceAll('\t', '    ').replaceAll(CONTROL, '\ufffd').trimEnd();
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
