import { expect } from 'chai';
import { parseJournalLine } from '../../../src/lib/systemd/journal.js';

const line = (fields: Record<string, unknown>): string =>
  JSON.stringify({ __REALTIME_TIMESTAMP: '1763880533123456', PRIORITY: '6', _SYSTEMD_UNIT: 'a.service', ...fields });

describe('parsing a line of journalctl -o json', () => {
  it('reads time, unit, message and priority', () => {
    expect(parseJournalLine(line({ MESSAGE: 'hello', PRIORITY: '3', _PID: '42' }))).to.deep.equal({
      time: new Date(1_763_880_533_123),
      unit: 'a.service',
      message: 'hello',
      priority: 3,
      pid: 42,
      fromSystemd: false,
    });
  });

  it("gives PID 1's lines to the unit they are about", () => {
    const entry = parseJournalLine(
      line({ MESSAGE: 'Started.', UNIT: 'b.service', _SYSTEMD_UNIT: 'init.scope', _PID: '1' }),
    );
    expect(entry).to.include({ unit: 'b.service', fromSystemd: true });
  });

  it('decodes a message that came as bytes, as coloured ones do', () => {
    expect(parseJournalLine(line({ MESSAGE: [27, 91, 51, 49, 109, 195, 169] }))?.message).to.equal('\u001b[31mé');
  });

  it('joins a field that was given several times', () => {
    expect(parseJournalLine(line({ MESSAGE: ['one', 'two'] }))?.message).to.equal('one\ntwo');
  });

  it('takes a null message, which is what a too long one becomes, as empty', () => {
    expect(parseJournalLine(line({ MESSAGE: null }))?.message).to.equal('');
  });

  for (const noise of ['', '-- No entries --', '{"MESSAGE":', 'null', '7'])
    it(`passes over ${JSON.stringify(noise)}`, () => {
      expect(parseJournalLine(noise)).to.equal(undefined);
    });
});
