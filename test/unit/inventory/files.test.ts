import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { UsageError } from '../../../src/lib/errors.js';
import { InventoryError } from '../../../src/lib/inventory/error.js';
import { findInventory, type FindOptions } from '../../../src/lib/inventory/find.js';
import { loadInventory } from '../../../src/lib/inventory/load.js';
import { exampleText } from './example.js';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'paka-inventory-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file below the folder of the test and returns its path. */
function file(name: string, content: string | Uint8Array = '{}'): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Returns what `act` throws, which must be of that kind. */
function failure<E extends Error>(kind: new (...args: never[]) => E, act: () => unknown): E {
  try {
    act();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('finding the inventory', () => {
  const find = (options: Partial<FindOptions> = {}) =>
    findInventory({ flag: undefined, env: {}, cwd: folder, shipped: '/usr/lib/paka/services.json', ...options });

  it('takes the file of --services before all others', () => {
    const path = file('a.json');
    file('services.json');
    expect(find({ flag: path, env: { PAKA_SERVICES: 'b.json' } })).to.eql({ file: path, from: 'flag' });
  });

  it('takes the file of PAKA_SERVICES next, from the current directory on', () => {
    const path = file('deep/b.json');
    file('services.json');
    expect(find({ env: { PAKA_SERVICES: 'deep/b.json' } })).to.eql({ file: path, from: 'environment' });
  });

  it('takes an empty PAKA_SERVICES for none', () => {
    const path = file('services.json');
    expect(find({ env: { PAKA_SERVICES: '' } })).to.eql({ file: path, from: 'directory' });
  });

  it('takes the services.json of the current directory or of the nearest parent that has one', () => {
    const outer = file('services.json');
    const inner = file('a/b/services.json');
    mkdirSync(join(folder, 'a/b/c/services.json'), { recursive: true });
    expect(find({ cwd: join(folder, 'a/b/c/services.json') }).file).to.equal(inner);
    expect(find({ cwd: join(folder, 'a/b') }).file).to.equal(inner);
    expect(find({ cwd: join(folder, 'a') }).file).to.equal(outer);
  });

  it('follows a link to the file', () => {
    const path = file('real.json');
    symlinkSync(path, join(folder, 'services.json'));
    expect(find()).to.eql({ file: join(folder, 'services.json'), from: 'directory' });
  });

  it('takes the one that came with paka last, given as a path or a URL', () => {
    expect(find()).to.eql({ file: '/usr/lib/paka/services.json', from: 'shipped' });
    expect(find({ shipped: pathToFileURL('/opt/a b/services.json') }).file).to.equal('/opt/a b/services.json');
  });

  it('says which setting named a file that does not exist, and how the file is found', () => {
    const byFlag = failure(InventoryError, () => find({ flag: 'none.json' }));
    expect(byFlag.message).to.equal(`${folder}/none.json: there is no such file (named by --services)`);
    expect(byFlag.hint).to.match(/^paka reads the file of --services, else of PAKA_SERVICES, else services\.json/);
    const byVariable = failure(InventoryError, () => find({ env: { PAKA_SERVICES: '/none/x.json' } }));
    expect(byVariable.message).to.equal('/none/x.json: there is no such file (named by PAKA_SERVICES)');
    expect(byVariable.exitCode).to.equal(2);
  });

  it('takes a file below another file for missing', () => {
    file('plain');
    expect(failure(InventoryError, () => find({ flag: 'plain/services.json' })).message).to.match(
      /there is no such file/,
    );
  });

  it('refuses an empty --services', () => {
    expect(failure(UsageError, () => find({ flag: '' })).message).to.equal('--services needs the name of a file');
  });
});

describe('reading the inventory file', () => {
  it('takes a byte order mark, and any line ends', () => {
    const text = `\ufeff${exampleText().replaceAll('\n', '\r\n')}`;
    expect(loadInventory(file('services.json', text)).name).to.equal('shop');
  });

  it('counts lines as editors do', () => {
    const text = exampleText({ 'services[0].port': 0 });
    for (const end of ['\n', '\r\n', '\r']) {
      const error = failure(InventoryError, () => loadInventory(file('services.json', text.replaceAll('\n', end))));
      expect(error.faults.map(({ line }) => line)).to.eql([36]);
    }
  });

  it('shows a file in the current directory by its name alone', () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const error = failure(InventoryError, () => loadInventory(file('services.json', '{')));
      expect(error.message).to.match(/^services\.json:1:2: /);
    } finally {
      process.chdir(before);
    }
  });

  const unusable: [what: string, make: () => string, words: string][] = [
    ['a missing file', () => join(folder, 'none.json'), 'there is no such file'],
    ['a directory', () => folder, 'it is a directory, not a file'],
    ['a file of more than 1 MiB', () => file('a', Buffer.alloc(1024 * 1024 + 1, ' ')), 'it is larger than 1 MiB, so it is not an inventory'], // prettier-ignore
    ['a device that never ends', () => '/dev/zero', 'it is larger than 1 MiB, so it is not an inventory'],
    ['UTF-16', () => file('a', Buffer.from('\ufeff{}', 'utf16le')), 'it is not UTF-8 text'],
    ['Latin-1', () => file('a', Buffer.from('{"title": "Caf\u00e9"}', 'latin1')), 'it is not UTF-8 text'],
    ['a link to itself', () => (symlinkSync('loop', join(folder, 'loop')), join(folder, 'loop')), 'it cannot be read (ELOOP)'], // prettier-ignore
  ];
  for (const [what, make, words] of unusable) {
    it(`refuses ${what}`, () => {
      const path = make();
      const error = failure(InventoryError, () => loadInventory(path));
      expect(error.message).to.equal(`${path}: ${words}`);
      expect(error.faults).to.eql([{ path: '', message: words }]);
    });
  }

  it('refuses a file that this user may not read', () => {
    const path = file('services.json');
    chmodSync(path, 0);
    // The superuser may read everything, so the test becomes somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      const error = failure(InventoryError, () => loadInventory(path));
      expect(error.message).to.equal(`${path}: this user may not read it`);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('reads a file of 1 MiB', () => {
    const text = exampleText();
    const path = file('services.json', text + ' '.repeat(1024 * 1024 - Buffer.byteLength(text)));
    expect(loadInventory(path).name).to.equal('shop');
  });
});
