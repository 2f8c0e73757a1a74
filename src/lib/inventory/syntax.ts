import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { displayPath, InventoryError } from './error.js';
import { excerpt } from './excerpt.js';
import { positionFinder } from './text-position.js';

/** Deeper than any inventory goes, and far less than what would exhaust the stack. */
const DEEPEST = 32;

/** Returns the tree of a strict JSON text. Throws InventoryError with the place and kind of its first syntax error. */
export function parseSyntax(text: string, file: string): Node {
  if (text.trim() === '') throw syntaxError(text, file, 0, 'the file is empty');
  refuseDeepNesting(text, file);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors.sort((a, b) => a.offset - b.offset)[0];
  if (first !== undefined) throw syntaxError(text, file, first.offset, explain(first, text));
  if (tree === undefined) throw syntaxError(text, file, 0, 'a value is expected here');
  return tree;
}

/** The parser calls itself for each level, so the levels are counted before it runs. */
function refuseDeepNesting(text: string, file: string): void {
  const scanner = createScanner(text, true);
  let depth = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const character = text.charAt(offset);
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (depth > DEEPEST) throw syntaxError(text, file, offset, `nested more than ${DEEPEST} levels deep`);
  }
}

function syntaxError(text: string, file: string, offset: number, message: string): InventoryError {
  const { line, column } = positionFinder(text)(offset);
  const place = `${displayPath(file)}:${line}:${column}`;
  const shown = text.trim() === '' ? '' : `\n${excerpt(text, offset, line)}`;
  return new InventoryError(file, [{ path: '', message, line }], `${place}: ${message}${shown}`);
}

function explain({ error, offset, length }: ParseError, text: string): string {
  const token = text.slice(offset, offset + length);
  const previous = text.slice(0, offset).trimEnd().at(-1) ?? '';
  switch (printParseErrorCode(error)) {
    case 'InvalidCommentToken':
      return 'JSON has no comments; a key that begins with x- may hold a remark';
    case 'UnexpectedEndOfString':
      return 'this string has no closing " on its line';
    case 'InvalidCharacter':
      return 'a control character in a string: write it as an escape, such as \\t';
    case 'InvalidEscapeCharacter':
      return 'an escape that JSON does not know; a backslash itself is written \\\\';
    case 'InvalidUnicode':
      return '\\u takes four hexadecimal digits';
    case 'UnexpectedEndOfNumber':
    case 'InvalidNumberFormat':
      return 'this number is not complete';
    case 'InvalidSymbol':
      return explainSymbol(token);
    case 'ColonExpected':
      return 'a colon is missing between a key and its value';
    case 'EndOfFileExpected':
      return 'the inventory has ended before this';
    case 'CommaExpected':
      if (isClosing(token)) return `"${token === ']' ? '}' : ']'}" is missing before this`;
      return /\d/.test(previous) && /^\d/.test(token) && text[offset - 1] === previous
        ? 'a number does not begin with 0'
        : 'a comma is missing before this';
    default:
      return explainMissing(printParseErrorCode(error), token, previous);
  }
}

function explainSymbol(token: string): string {
  if (token.startsWith("'")) return 'strings take double quotes in JSON';
  if (token.startsWith('<<<<<<<')) return 'a merge conflict is left in the file';
  // Only a bare word is repeated: anything else may be a piece of a broken string, and so of a password.
  return `${/^\w{1,30}$/.test(token) ? `"${token}"` : 'this'} is not JSON; strings take double quotes`;
}

function explainMissing(code: string, token: string, previous: string): string {
  if (token === '') return 'the file ends before every { and [ is closed';
  if (previous === ',' && isClosing(token)) return `no comma is allowed before "${token}"`;
  if (token === ',') return 'a value is missing before this comma';
  return code === 'PropertyNameExpected' ? 'a key in double quotes is expected here' : 'a value is expected here';
}

function isClosing(token: string): boolean {
  return token === '}' || token === ']';
}
