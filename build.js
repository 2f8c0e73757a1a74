// Builds dist/: one CommonJS bundle, which starts in about half the time of loose modules and is what the V8 code
// cache of bin/run.js needs, and the programs for the hosts beside it.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/paka.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // jsonc-parser's main is UMD, whose requires a bundler cannot follow.
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  sourcemap: false,
  logLevel: 'warning',
  // Optional or never reached: native speed-ups of ssh2, and the TypeScript that oclif would load in development.
  external: ['cpu-features', '*.node', 'typescript', 'ts-node', 'tsx', 'pnpapi'],
  // Dynamic imports become lazy requires inside the one file.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});

const programs = new Map();
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  if (!entry.name.endsWith('.sh')) continue;
  const from = join(entry.parentPath, entry.name);
  const name = basename(from);
  if (programs.has(name)) throw new Error(`two host programs are called ${name}: ${programs.get(name)} and ${from}`);
  programs.set(name, from);
  copyFileSync(from, join('dist', name));
}
