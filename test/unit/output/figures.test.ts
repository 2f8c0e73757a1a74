import { expect } from 'chai';
import { bytes, duration, percent, seconds } from '../../../src/lib/output/figures.js';

describe('figures', () => {
  for (const [seconds, text] of [
    [-3, '0 s'],
    [0.4, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [12_000, '3 h 20 min'],
    [86_400, '1 d'],
    [1_051_200, '12 d 4 h'],
  ] as const)
    it(`says ${seconds} s as ${text}`, () => {
      expect(duration(seconds)).to.equal(text);
    });

  for (const [span, text] of [
    [-1, '0.0 s'],
    [4.31, '4.3 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min'],
    [72.3, '1 min 12 s'],
    [3599.6, '1 h'],
    [12_000, '3 h 20 min'],
  ] as const)
    it(`says that something took ${span} s as ${text}`, () => {
      expect(seconds(span)).to.equal(text);
    });

  for (const [count, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1.0 kB'],
    [1000, '1.0 kB'],
    [45_000_000, '45 MB'],
    [999_600_000, '1.0 GB'],
    [3_840_000_000, '3.8 GB'],
    [9_960_000_000, '10 GB'],
  ] as const)
    it(`says ${count} bytes as ${text}`, () => {
      expect(bytes(count)).to.equal(text);
    });

  it('says a part of nothing as 0 %', () => {
    expect(percent(0, 0)).to.equal('0 %');
    expect(percent(1, 3)).to.equal('33 %');
  });
});
