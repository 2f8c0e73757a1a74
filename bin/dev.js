#!/usr/bin/env -S node --import tsx
// Runs paka from its source, without a build: for development.
import { fileURLToPath } from 'node:url';
import { main } from '../src/cli/main.ts';

await main(process.argv.slice(2), fileURLToPath(new URL('..', import.meta.url)));
