import { expect } from 'chai';
import { encodeRecord, RecordReader } from '../../../src/lib/holder/records.js';

describe('the records that holder and client exchange', () => {
  const fields = ['step', '', 'two\nlines', 'a\x1fb\x1e', 'ü'];

  it('come out as they went in, wherever the chunks end', () => {
    const bytes = Buffer.from(encodeRecord(fields) + encodeRecord(['beat']));
    for (let at = 0; at <= bytes.length; at += 1) {
      const reader = new RecordReader();
      const records = [...reader.read(bytes.subarray(0, at)), ...reader.read(bytes.subarray(at))];
      expect(records).to.deep.equal([fields, ['beat']]);
    }
  });

  it('refuse a field that holds one of their separators', () => {
    expect(() => encodeRecord(['a\x1db'])).to.throw('a field holds the separator');
    expect(() => encodeRecord(['a\0b'])).to.throw('NUL');
  });
});
