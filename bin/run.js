#!/usr/bin/env node
import {
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'dist', 'paka.cjs');
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`paka ${version}`);
} else if (!existsSync(bundle)) {
  console.error('Error: paka is not built here\n  npm ci && npm run build, or run it from source with bin/dev.js');
  process.exitCode = 2;
} else {
  const { main } = loadBundle();
  await main(argv, root);
}

/**
 * Runs the bundle with the machine code that V8 kept from an earlier run, which halves the time to start. Taken at
 * exit, the cache holds the functions that were compiled lazily, too. A missing, stale or foreign cache is only slower.
 */
function loadBundle() {
  const source = readFileSync(bundle, 'utf8');
  const { mtimeMs, size } = statSync(bundle);
  const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'paka');
  const cache = join(directory, `${process.version}-${process.arch}-${Math.trunc(mtimeMs)}-${size}.v8`);
  const cachedData = readOwnFile(cache);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const script = new Script(wrapped, { filename: bundle, ...(cachedData && { cachedData }) });
  if (!cachedData || script.cachedDataRejected) {
    process.once('exit', () => {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        const temporary = `${cache}.${process.pid}`;
        writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
        renameSync(temporary, cache);
      } catch {
        // A read-only home is no reason to fail.
      }
    });
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, join(root, 'dist'));
  return module.exports;
}

/** Machine code is run as it is: under sudo, a file that another user could have written is not taken. */
function readOwnFile(path) {
  let file;
  try {
    file = openSync(path, 'r');
    const { uid, mode } = fstatSync(file);
    return uid === process.geteuid?.() && (mode & 0o022) === 0 ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
