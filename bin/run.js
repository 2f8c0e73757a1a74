#!/usr/bin/env node
// CommonJS, as its package.json says: the module loader of ECMAScript would cost every call some milliseconds, and the
// bundle is CommonJS, too.
'use strict';
const fs = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const bundle = join(root, 'dist', 'paka.cjs');
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  console.log(`paka ${JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8')).version}`);
} else if (fs.existsSync(bundle)) {
  loadBundle().main(argv, root);
} else {
  console.error('Error: paka is not built here\n  npm ci && npm run build, or run it from source with bin/dev.js');
  process.exitCode = 2;
}

/**
 * Runs the bundle with the machine code that V8 kept from an earlier run, which halves the time to start. Taken at
 * exit, the cache holds the functions that were compiled lazily, too. A missing, stale or foreign cache is only slower.
 */
function loadBundle() {
  const { Script } = require('node:vm');
  const source = fs.readFileSync(bundle, 'utf8');
  const { mtimeMs, size } = fs.statSync(bundle);
  const directory = join(process.env.XDG_CACHE_HOME || join(require('node:os').homedir(), '.cache'), 'paka');
  const cache = join(directory, `${process.version}-${process.arch}-${Math.trunc(mtimeMs)}-${size}.v8`);
  const cachedData = readOwnFile(cache);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const script = new Script(wrapped, { filename: bundle, cachedData });
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => keep(script, directory, cache));
  const bundled = { exports: {} };
  const bundleRequire = require('node:module').createRequire(bundle);
  script.runInThisContext()(bundled.exports, bundleRequire, bundled, bundle, join(root, 'dist'));
  return bundled.exports;
}

/** Writes the cache whole or not at all: another paka may be reading it, or writing its own. */
function keep(script, directory, cache) {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const temporary = `${cache}.${process.pid}`;
    fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
    fs.renameSync(temporary, cache);
    prune(directory);
  } catch {
    // A read-only home is no reason to fail.
  }
}

/** Each build and each Node leaves a file: the newest few are enough. */
function prune(directory) {
  const files = fs.readdirSync(directory).map((name) => join(directory, name));
  const newestFirst = files.map((file) => ({ file, time: fs.statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of newestFirst.slice(4)) fs.unlinkSync(file);
}

/** Machine code is run as it is: under sudo, a file that another user could have written is not taken. */
function readOwnFile(path) {
  let file;
  try {
    file = fs.openSync(path, 'r');
    const { uid, mode } = fs.fstatSync(file);
    return uid === process.geteuid() && (mode & 0o022) === 0 ? fs.readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}
