import { labEnvironment } from '../test/support/paka.js';
import { paka } from './contestants.js';
import { compare } from './measure.js';
import { printHead, printMeasured } from './table.js';

const RUNS = 15;

/** How long paka takes until it begins to work: against Node with an empty program. */
export async function benchStartUp(): Promise<void> {
  const node = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], env: labEnvironment() } as const;
  printHead();
  printMeasured(await compare(paka('--version'), node, 1.15, RUNS));
}
