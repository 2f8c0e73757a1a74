'use strict';
// JSON lines on standard output, in the format of pino.
const hostname = require('node:os').hostname();
const { name } = require('../package.json');

function write(level, msg, fields) {
  const line = { level, time: Date.now(), pid: process.pid, hostname, name, ...fields, msg };
  process.stdout.write(JSON.stringify(line) + '\n');
}

module.exports = {
  info: (msg, fields) => write(30, msg, fields),
  warn: (msg, fields) => write(40, msg, fields),
  error: (msg, fields) => write(50, msg, fields),
};
