import { expect } from 'chai';
import { InventoryError } from '../../../src/lib/inventory/error.js';
import { parseSyntax } from '../../../src/lib/inventory/syntax.js';
import { random } from './random.js';
import { exampleText } from './example.js';

/** Returns what a text is refused with; undefined where it is JSON. */
function refusal(text: string): InventoryError | undefined {
  try {
    parseSyntax(text, 'services.json');
    return undefined;
  } catch (error) {
    if (error instanceof InventoryError) return error;
    throw error;
  }
}

describe('broken JSON', () => {
  const cases: [text: string, place: string, words: string][] = [
    ['', '1:1', 'the file is empty'],
    [' \n\t', '1:1', 'the file is empty'],
    ['{"a": 1', '1:8', 'the file ends before every { and [ is closed'],
    ['{"a": ', '1:7', 'the file ends before every { and [ is closed'],
    ['{"a": [1, 2}', '1:12', '"]" is missing before this'],
    ['{"a": 1]', '1:8', '"}" is missing before this'],
    ['{"a": 1}}', '1:9', 'the inventory has ended before this'],
    ['{"a": 1} x', '1:10', '"x" is not JSON; strings take double quotes'],
    ['{"a": 1,}', '1:9', 'no comma is allowed before "}"'],
    ['[1, 2,]', '1:7', 'no comma is allowed before "]"'],
    ['[1,,2]', '1:4', 'a value is missing before this comma'],
    ['{"a": 1 "b": 2}', '1:9', 'a comma is missing before this'],
    ['{"a": 1\n"b": 2}', '2:1', 'a comma is missing before this'],
    ['{"a": 1\r\n"b": 2}', '2:1', 'a comma is missing before this'],
    ['{"a" 1}', '1:6', 'a colon is missing between a key and its value'],
    ['{"a": }', '1:7', 'a value is expected here'],
    ['{5: 1}', '1:2', 'a key in double quotes is expected here'],
    ['{a: 1}', '1:2', '"a" is not JSON; strings take double quotes'],
    ["{'a': 1}", '1:2', 'strings take double quotes in JSON'],
    ['{"a": NaN}', '1:7', '"NaN" is not JSON; strings take double quotes'],
    ['{"a": True}', '1:7', '"True" is not JSON; strings take double quotes'],
    ['{"a": +1}', '1:7', 'this is not JSON; strings take double quotes'],
    ['{"a": 01}', '1:8', 'a number does not begin with 0'],
    ['{"a": 1.}', '1:7', 'this number is not complete'],
    ['{"a": "b\n}', '1:7', 'this string has no closing " on its line'],
    ['{"a": "\\q"}', '1:7', 'an escape that JSON does not know; a backslash itself is written \\\\'],
    ['{"a": "\\u12"}', '1:7', '\\u takes four hexadecimal digits'],
    ['{"a": "b\tc"}', '1:7', 'a control character in a string: write it as an escape, such as \\t'],
    ['// services\n{}', '1:1', 'JSON has no comments; a key that begins with x- may hold a remark'],
    ['{\n  /* none */\n}', '2:3', 'JSON has no comments; a key that begins with x- may hold a remark'],
    ['{\n<<<<<<< HEAD\n', '2:1', 'a merge conflict is left in the file'],
  ];
  for (const [text, place, words] of cases) {
    it(`is told the place and the fault of ${JSON.stringify(text)}`, () => {
      const error = refusal(text);
      expect(error?.message.split('\n')[0]).to.equal(`services.json:${place}: ${words}`);
      expect(error?.faults).to.eql([{ path: '', message: words, line: Number(place.split(':')[0]) }]);
      expect(error?.exitCode).to.equal(2);
    });
  }

  it('is shown with a caret under the place', () => {
    expect(refusal('{\n  "port": 3080\n  "runtime": "node"\n}')?.message).to.equal(
      ['services.json:3:3: a comma is missing before this', '  3 |   "runtime": "node"', '    |   ^'].join('\n'),
    );
  });

  it('is cut around the caret where the line is long', () => {
    const error = refusal(`{"a": "${'x'.repeat(500)}",, "b": "${'y'.repeat(500)}"}`);
    const [, line, caret] = error!.message.split('\n');
    expect(line!.length).to.be.lessThan(80);
    expect(line![caret!.indexOf('^')]).to.equal(',');
  });

  it('is shown without a password, the caret still in place', () => {
    const error = refusal('{"url": "redis://:hunter2@localhost:6379",, "b": 1}');
    const [, line, caret] = error!.message.split('\n');
    expect(line).to.equal('  1 | {"url": "redis://:***@localhost:6379",, "b": 1}');
    expect(line!.slice(caret!.indexOf('^'))).to.equal(', "b": 1}');
    for (const broken of ['{"url": "redis://a:hun"ter2@localhost"}', '{"url": redis://a:hunter2@localhost}']) {
      expect(refusal(broken)?.message).to.not.match(/hun|ter2/);
    }
  });

  it('is shown without control characters', () => {
    expect(refusal('{"a": "\u001b[31m\u202e"}')?.message).to.not.match(/[\u001b\u202e]/);
  });

  it('may be nested as deep as it likes without harm', () => {
    for (const text of ['['.repeat(500_000), '{"a":'.repeat(200_000), `${'['.repeat(40)}${']'.repeat(40)}`]) {
      expect(refusal(text)?.message).to.match(/nested more than 32 levels deep/);
    }
    expect(refusal(`${'['.repeat(32)}${']'.repeat(32)}`)).to.equal(undefined);
    expect(refusal(`{"a": "${'['.repeat(100)}"}`)).to.equal(undefined);
  });

  it('is whatever JSON.parse refuses, and nothing else', () => {
    const next = random(7);
    const good = exampleText();
    const pieces = ['{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', '.', 'e', "'", '/', '\n', '\t', '\u00a0', '\ufeff', 'null', '1', ' ', '\u0000', '\ud800']; // prettier-ignore
    for (let round = 0; round < 1500; round++) {
      const at = Math.floor(next() * good.length);
      const piece = pieces[Math.floor(next() * pieces.length)]!;
      const text = good.slice(0, at) + piece + good.slice(at + Math.floor(next() * 3));
      expect(refusal(text) === undefined, JSON.stringify(text.slice(Math.max(0, at - 20), at + 20))).to.equal(
        isJson(text),
      );
    }
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
