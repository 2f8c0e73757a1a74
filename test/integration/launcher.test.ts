import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { checkout } from '../lab/layout.js';

describe('bin/run.js', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'paka-launcher-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function run(args: string[], { root = checkout, env = {} } = {}): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/run.js'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: directory, ...env },
    });
    return { code: status, output: stdout + stderr };
  }

  it('answers --version without loading anything of paka', () => {
    for (const name of ['bin', 'package.json'])
      cpSync(join(checkout, name), join(directory, name), { recursive: true });
    expect(run(['--version'], { root: directory })).to.deep.equal({ code: 0, output: 'paka 0.1.0\n' });
  });

  it('says what to do where paka is not built', () => {
    for (const name of ['bin', 'package.json'])
      cpSync(join(checkout, name), join(directory, name), { recursive: true });
    const { code, output } = run(['status'], { root: directory });
    expect(code).to.equal(2);
    expect(output).to.match(/^Error: paka is not built here\n {2}npm ci && npm run build/);
  });

  it('keeps the machine code of the bundle for the next call, for its user alone', () => {
    const env = { XDG_CACHE_HOME: join(directory, 'cache') };
    const first = run(['status', '--help'], { env });
    expect(first.code).to.equal(0);
    const [file = ''] = readdirSync(join(directory, 'cache/paka'));
    const { mode, size } = statSync(join(directory, 'cache/paka', file));
    expect(mode & 0o777).to.equal(0o600);
    expect(size).to.be.above(100_000);
    expect(run(['status', '--help'], { env })).to.deep.equal(first);
    expect(readdirSync(join(directory, 'cache/paka'))).to.deep.equal([file]);
  });

  it('takes no machine code that somebody else could have written, and none that is broken', () => {
    const env = { XDG_CACHE_HOME: join(directory, 'cache') };
    const first = run(['status', '--help'], { env });
    const file = join(directory, 'cache/paka', readdirSync(join(directory, 'cache/paka'))[0] ?? '');
    writeFileSync(file, 'nonsense');
    expect(run(['status', '--help'], { env })).to.deep.equal(first);
    chmodSync(file, 0o666);
    expect(run(['status', '--help'], { env })).to.deep.equal(first);
    expect(statSync(file).mode & 0o777, 'it was replaced').to.equal(0o600);
  });

  it('does without a cache where none can be kept', () => {
    const blocked = join(directory, 'blocked');
    writeFileSync(blocked, '');
    mkdirSync(join(directory, 'home'));
    expect(run(['status', '--help'], { env: { XDG_CACHE_HOME: blocked } }).code).to.equal(0);
  });
});
