// Plays what a run tells while it goes on, in real time: npx tsx test/support/play-run.ts [SCENARIO] [pause]
import { setTimeout as sleep } from 'node:timers/promises';
import { runView } from '../../src/lib/output/run/view.js';
import { describeTerminal } from '../../src/lib/output/terminal.js';
import { hostsOf, scenarios } from './run-scenarios.js';

const [name = 'success', pause] = process.argv.slice(2);
const events = scenarios[name];
if (events === undefined) throw new Error(`no scenario ${name}: ${Object.keys(scenarios).join(', ')}`);

const terminal = describeTerminal(process.stdout, process.env);
const view = await runView({ terminal, stream: process.stdout, hosts: hostsOf(events), json: false });
let isPaused = false;
for (const [index, { at, event }] of events.entries()) {
  if (pause !== undefined && !isPaused && event.type === 'phase' && event.phase === 'lock') {
    isPaused = true;
    view.pause();
    process.stdout.write('(here stands the plan)\n');
  }
  view.emit(event);
  await sleep((events[index + 1]?.at ?? at) - at);
}
view.close();
process.stdout.write('(here stands the report)\n');
