import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { adoptStep } from '../../src/lib/deploy/steps.js';
import { releaseId } from '../../src/lib/deploy/release.js';
import { target as sample } from '../unit/deploy/sample.js';
import { git } from '../lab/git.js';
import { sh } from '../lab/system.js';

describe('an adoption that is killed at any of its steps', () => {
  let pristine: string;
  let head: string;
  const roots: string[] = [];

  before(() => {
    pristine = mkdtempSync(join(tmpdir(), 'paka-adopt-'));
    const file = (path: string, text = `${path}\n`): void => {
      mkdirSync(join(pristine, path, '..'), { recursive: true });
      writeFileSync(join(pristine, path), text);
    };
    git(pristine, ['init', '--quiet', '--initial-branch=production']);
    for (const { path } of sample.services) file(`${path}/src/index.js`);
    for (const path of ['frontend/public/logo.svg', 'packages/common/index.js', 'README.md', 'two words.md'])
      file(path);
    sh('ln', ['-s', 'README.md', join(pristine, 'LINK.md')]);
    git(pristine, ['add', '--all']);
    git(pristine, ['-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit', '--quiet', '--message=shop']);
    head = git(pristine, ['rev-parse', 'HEAD']).trim();
    // What belongs to no commit: what builds left, runtime files, and what people put there.
    for (const path of [
      'services/web/node_modules/x/index.js',
      'node_modules/y/index.js',
      'services/backend/tmp/upload',
      '.env',
      'uploads/receipt',
    ])
      file(path);
  });

  after(() => {
    for (const root of [pristine, ...roots]) rmSync(root, { recursive: true, force: true });
  });

  /** Runs the program, killed before its n-th simple command where one is given. Returns its exit code, null where killed. */
  function adopt(root: string, killAt?: number): { code: number | null; steps: number; stderr: string } {
    const marker = { v: 1, id: releaseId(new Date('2026-11-24T06:00:00Z'), head), commit: head, built: {} } as const;
    const { command, input } = adoptStep({ ...sample, root }, marker, `{"v":1,"id":"${marker.id}","event":"end"}`);
    const [bash, flags = '', ...rest] = command.argv;
    const [text = '', ...args] = rest;
    const trap = `set -T; __n=0; trap '((__n++ == ${killAt ?? -1})) && kill -KILL -- -$$; echo x >>${root}.steps' DEBUG\n`;
    writeFileSync(`${root}.steps`, '');
    // A session of its own: a kill takes its children along, as the kernel does with a control group.
    const { status, stderr } = spawnSync('setsid', ['--wait', bash, flags, trap + text, ...args], {
      input,
      encoding: 'utf8',
    });
    const steps = readFileSync(`${root}.steps`, 'utf8').length / 2;
    rmSync(`${root}.steps`);
    return { code: status !== null && status < 128 ? status : null, steps, stderr };
  }

  function copy(): string {
    const root = mkdtempSync(join(tmpdir(), 'paka-adopt-'));
    roots.push(root);
    cpSync(pristine, root, { recursive: true, verbatimSymlinks: true });
    return root;
  }

  /** Every path is as it was, though a link may be in between; and the layout is whole. */
  function expectAdopted(root: string): void {
    const listing = (at: string): string =>
      sh('sh', [
        '-c',
        'cd "$1" && find -L . \\( -path ./.git -o -path ./.paka -o -name .git -o -name .paka-release.json \\) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum',
        'x',
        at,
      ]);
    expect(listing(root)).to.equal(listing(pristine));
    for (const path of [
      ...sample.services.map((service) => service.path),
      'frontend',
      'packages',
      'README.md',
      'two words.md',
      'LINK.md',
      'node_modules',
    ]) {
      expect(lstatSync(join(root, path)).isSymbolicLink(), path).to.equal(true);
      expect(readlinkSync(join(root, path)), path).to.match(/\.paka\/releases\//);
    }
    expect(lstatSync(join(root, '.env')).isFile()).to.equal(true);
    expect(lstatSync(join(root, 'uploads')).isDirectory()).to.equal(true);
    expect(existsSync(join(root, '.paka/adopting'))).to.equal(false);
    expect(existsSync(join(root, '.paka/shared/services/backend/tmp/upload'))).to.equal(true);
    expect(git(root, ['config', 'core.bare']).trim()).to.equal('true');
    expect(readFileSync(join(root, '.paka/deploys.jsonl'), 'utf8').split('\n')).to.have.length(2);
    const release = join(root, '.paka/releases', releaseId(new Date('2026-11-24T06:00:00Z'), head));
    expect(git(release, ['rev-parse', 'HEAD']).trim()).to.equal(head);
    expect(git(release, ['status', '--porcelain', '--untracked-files=no'])).to.equal('');
  }

  it('ends right when it is run again', function () {
    this.timeout(120_000);
    const whole = copy();
    const { code, steps, stderr } = adopt(whole);
    expect(code, stderr).to.equal(0);
    expectAdopted(whole);
    expect(steps).to.be.above(50);
    let killed = 0;
    for (let step = 0; step < steps; step += 1) {
      const root = copy();
      if (adopt(root, step).code === null) killed += 1;
      // At no moment is a path of a service missing.
      for (const { path } of sample.services)
        expect(existsSync(join(root, path, 'src/index.js')), `${path}, killed at ${step}`).to.equal(true);
      const again = adopt(root);
      expect(again.code, `killed at ${step}: ${again.stderr}`).to.equal(0);
      expectAdopted(root);
      rmSync(root, { recursive: true });
    }
    expect(killed).to.be.above(steps / 2);
  });

  it('changes nothing when it is run once more', () => {
    const root = copy();
    adopt(root);
    const before = sh('find', [join(root, '.paka/releases'), '-printf', '%P %l %i\n']);
    expect(adopt(root).code).to.equal(0);
    expectAdopted(root);
    expect(sh('find', [join(root, '.paka/releases'), '-printf', '%P %l %i\n']).split('\n').length).to.equal(
      before.split('\n').length,
    );
  });
});
