#!/usr/bin/env -S node --import tsx
// Runs paka from its source, without a build: for development.
'use strict';
const { join } = require('node:path');

import('../src/main.ts').then(({ main }) => main(process.argv.slice(2), join(__dirname, '..')));
