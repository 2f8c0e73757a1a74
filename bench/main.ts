// `npm run bench [NAME…]`: whole commands against their peers, each pair in one run. Needs a running lab.
import { benchDeploy } from './deploy.js';
import { benchStartUp } from './start-up.js';
import { benchStatus } from './status.js';

const benches = { 'start-up': benchStartUp, status: benchStatus, deploy: benchDeploy };
type Name = keyof typeof benches;

const names = Object.keys(benches) as Name[];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.some((one) => one === name));
if (unknown.length > 0) {
  console.error(`not a benchmark: ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}
console.log('Medians of wall times of whole commands; a ratio is that of pairs that ran in turn.\n');
for (const name of names.filter((one) => asked.length === 0 || asked.includes(one))) {
  console.log(`— ${name}`);
  await benches[name]();
}
