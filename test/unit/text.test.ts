import { expect } from 'chai';
import { harmless } from '../../src/lib/text.js';

describe('Foreign text', () => {
  it('loses escape sequences and control characters', () => {
    expect(harmless('\x1b[31mred\x1b[0m \x07\x1b]0;title\x07\x9b31mx\r')).to.equal('red \ufffdx\ufffd');
  });
  it('loses marks that reorder text', () => {
    expect(harmless('a\u202eb\u2066c')).to.equal('a\ufffdb\ufffdc');
  });
  it('keeps letters of any script and emoji', () => {
    expect(harmless('größe 日本 🐟')).to.equal('größe 日本 🐟');
  });
  it('has spaces for tabs, so that columns can be counted', () => {
    expect(harmless('a\tb')).to.equal('a    b');
  });
  it('is shortened where a width is given', () => {
    expect(harmless('x'.repeat(400), 300)).to.equal(`${'x'.repeat(299)}…`);
    expect(harmless('x'.repeat(400))).to.have.length(400);
  });
});
