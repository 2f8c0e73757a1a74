import { expect } from 'chai';
import { harmless, lastLines } from '../../../src/lib/host/text.js';

describe('Foreign text in messages', () => {
  it('loses escape sequences and control characters', () => {
    expect(harmless('\x1b[31mred\x1b[0m \x07\x1b]0;title\x07\x9b31mx\r')).to.equal('red \ufffdx\ufffd');
  });
  it('loses marks that reorder text', () => {
    expect(harmless('a\u202eb\u2066c')).to.equal('a\ufffdb\ufffdc');
  });
  it('keeps tabs, letters of any script and emoji', () => {
    expect(harmless('größe\t日本 🐟')).to.equal('größe\t日本 🐟');
  });
  it('is shortened', () => {
    expect(harmless('x'.repeat(400))).to.equal(`${'x'.repeat(299)}…`);
  });
  it('is the last lines that are not blank', () => {
    expect(lastLines(Buffer.from('1\n2\n\n  \r\n3\r\n'), 2)).to.deep.equal(['2', '3']);
  });
  it('may be bytes that are no text', () => {
    expect(lastLines(Buffer.from([0xff, 0xfe, 0x0a, 0x41]), 1)).to.deep.equal(['A']);
  });
  it('may be nothing', () => {
    expect(lastLines(Buffer.alloc(0), 5)).to.deep.equal([]);
  });
});
