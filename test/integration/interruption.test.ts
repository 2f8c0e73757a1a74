import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { setFault } from '../lab/fault.js';
import { labMachine } from '../lab/lab.js';
import { until } from '../lab/system.js';
import { startPaka } from '../support/paka.js';

const production = labMachine('production');

/** How many processes of the deploy user on the host belong to a call of paka: its programs run as `bash -c … paka`. */
function remoteProcesses(): number {
  const list = production.exec(['ps', '-u', 'deploy', '-o', 'args=', '-ww']);
  return list.split('\n').filter((line) => /journalctl|curl .*--parallel|0x1f/.test(line)).length;
}

describe('an interruption', () => {
  // A service that hangs makes the host program wait for 3 s.
  before(() => {
    setFault(production, 'search', 'hang');
  });
  after(() => {
    setFault(production, 'search', undefined);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`by ${signal} ends the call with 130, in words, and leaves nothing running on the host`, async () => {
      const child = startPaka(['status', 'production']);
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
      await until('the program runs on the host', 5000, () => (remoteProcesses() > 0 ? true : undefined));
      const began = Date.now();
      child.kill(signal);
      const [code] = (await once(child, 'close')) as [number];
      expect(code).to.equal(130);
      expect(said).to.equal(`Error: interrupted by ${signal}\n`);
      expect(Date.now() - began).to.be.below(5000);
      await sleep(300);
      expect(remoteProcesses()).to.equal(0);
    });

  it('twice leaves at once', async () => {
    const child = startPaka(['status', 'production']);
    await until('the program runs on the host', 5000, () => (remoteProcesses() > 0 ? true : undefined));
    child.kill('SIGINT');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(130);
    // Nobody waited for its program on the host, which the next test must not take for its own.
    await until('the program on the host has ended', 10_000, () => (remoteProcesses() === 0 ? true : undefined));
  });

  it('with --json leaves JSON on standard output, and nothing else', async () => {
    const child = startPaka(['status', 'production', '--json']);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until('the program runs on the host', 5000, () => (remoteProcesses() > 0 ? true : undefined));
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(130);
    expect(JSON.parse(output)).to.deep.equal({ ok: false, error: { message: 'interrupted by SIGINT', exitCode: 130 } });
  });
});
