import { expect } from 'chai';
import { lastLines } from '../../../src/lib/host/text.js';

describe('What a message quotes of an output', () => {
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
