'use strict';
// Failing on request. A fault file says how: fault.json beside package.json, which comes with a commit, and over it
// /run/lab/fault/<service>, which a test writes at any time. See the table in the README of the repository.
const fs = require('node:fs');
const path = require('node:path');

const pollMs = 100;
const started = Date.now();
let seen = '';
let fault = {};
let death;

/** Calls `listen` when the service may start to listen, and from then on obeys the fault files. */
function start(name, listen) {
  const files = [path.join(__dirname, '../fault.json'), `/run/lab/fault/${name}`];
  poll(files);
  setInterval(poll, pollMs, files);
  if (fault.noListen || dueAtOnce(fault)) return;
  setTimeout(listen, fault.startDelayMs ?? 0);
}

function poll(files) {
  try {
    const texts = files.map((file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '{}'));
    const both = texts.join('\n');
    if (both === seen) return;
    fault = Object.assign({}, ...texts.map((text) => JSON.parse(text)));
    seen = both;
  } catch {
    return; // Half written: the next poll reads it whole.
  }
  apply();
}

function apply() {
  process.removeAllListeners('SIGTERM');
  if (fault.exitOnTerm === 'ignore') process.on('SIGTERM', () => {});
  clearTimeout(death);
  const { crash, signal } = fault;
  if (crash) death = at(crash.afterMs, () => die(crash));
  else if (signal) death = at(fault.afterMs, () => process.kill(process.pid, signal));
}

/** Times of a fault count from the start of the process; one that has passed is now. */
function at(afterMs = 0, act) {
  return setTimeout(act, Math.max(0, started + afterMs - Date.now()));
}

function dueAtOnce({ crash, signal, afterMs }) {
  return (crash && !crash.afterMs) || (signal && !afterMs);
}

/** Ends as a bug would: Node itself prints the source line and the stack. */
function die({ exitCode = 1, message = "Cannot read properties of undefined (reading 'currency')" }) {
  process.on('exit', () => (process.exitCode = exitCode));
  throw new TypeError(message);
}

/** Answers a request by `answer`: later, or never, where a fault says so. */
function delayed(answer) {
  if (fault.hang) return;
  if (fault.slowMs) setTimeout(answer, fault.slowMs);
  else answer();
}

module.exports = { start, delayed, current: () => fault };
