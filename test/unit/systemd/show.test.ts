import { expect } from 'chai';
import { parseNumber, parseShow, parseSpan, parseTimestamp } from '../../../src/lib/systemd/show.js';

describe('parsing systemctl show', () => {
  it('parts units at the empty line and keeps "=" in values', () => {
    const text = 'Id=a.service\nStatusText=a=b\n\nId=b.service\nLoadState=not-found\n';
    expect(parseShow(text)).to.deep.equal([
      { Id: 'a.service', StatusText: 'a=b' },
      { Id: 'b.service', LoadState: 'not-found' },
    ]);
  });

  it('returns nothing for nothing', () => {
    expect(parseShow('\n')).to.deep.equal([]);
  });

  it('reads a time printed with --timestamp=us+utc to the millisecond', () => {
    const time = parseTimestamp('Mon 2026-11-23 06:48:53.123456 UTC');
    expect(time?.toISOString()).to.equal('2026-11-23T06:48:53.123Z');
  });

  for (const never of ['', 'n/a', undefined])
    it(`reads ${JSON.stringify(never)} as a time that never was`, () => {
      expect(parseTimestamp(never)).to.equal(undefined);
    });

  for (const unset of ['[not set]', '[no data]', 'infinity', '18446744073709551615', '', undefined])
    it(`reads ${JSON.stringify(unset)} as a figure that systemd does not keep`, () => {
      expect(parseNumber(unset)).to.equal(undefined);
    });

  it('reads a figure', () => {
    expect(parseNumber('45000000')).to.equal(45_000_000);
  });

  for (const [text, seconds] of [
    ['100ms', 0.1],
    ['5s', 5],
    ['1min 30s', 90],
    ['1h 2s', 3602],
    ['infinity', undefined],
    ['', undefined],
  ] as const)
    it(`reads the span ${JSON.stringify(text)}`, () => {
      expect(parseSpan(text)).to.equal(seconds);
    });
});
