import { expect } from 'chai';
import { exitStatusInWords, signalName } from '../../../src/lib/systemd/exit-status.js';

describe('exit statuses in words', () => {
  it("leaves a program's own status as it is", () => {
    expect(exitStatusInWords(1)).to.equal('exit status 1');
    expect(exitStatusInWords(199)).to.equal('exit status 199');
  });

  it("explains systemd's own, from 200 to 243", () => {
    expect(exitStatusInWords(203)).to.match(/^exit status 203 \(EXEC\): the program could not be executed/);
    expect(exitStatusInWords(243)).to.match(/\(CREDENTIALS\)/);
  });

  it('names signals', () => {
    expect(signalName(9)).to.equal('SIGKILL');
    expect(signalName(15)).to.equal('SIGTERM');
    expect(signalName(64)).to.equal('signal 64');
  });
});
