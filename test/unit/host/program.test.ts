import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { hostProgram, programCommand } from '../../../src/lib/host/program.js';

describe('A host program', () => {
  let dir: string;
  let module: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'paka program '));
    module = pathToFileURL(join(dir, 'module.js')).href;
    writeFileSync(join(dir, 'facts.sh'), 'echo "$0 $1"\n');
  });
  after(() => {
    rmSync(dir, { recursive: true });
  });

  it('is read from beside the module that names it', () => {
    expect(hostProgram('facts.sh', module)).to.deep.equal({ name: 'facts.sh', text: 'echo "$0 $1"\n' });
  });

  it('is read once', () => {
    const first = hostProgram('facts.sh', module);
    writeFileSync(join(dir, 'facts.sh'), 'changed');
    expect(hostProgram('facts.sh', module)).to.equal(first);
  });

  it('that is missing fails with its path', () => {
    expect(() => hostProgram('missing.sh', module)).to.throw(/missing\.sh/);
  });

  it('becomes a command with its arguments', () => {
    const { argv, name } = programCommand({ name: 'facts.sh', text: 'echo' }, 'one', '-two');
    expect(argv).to.deep.equal(['bash', '-pc', 'echo', 'paka', 'one', '-two']);
    expect(name).to.equal('facts.sh');
  });
});
