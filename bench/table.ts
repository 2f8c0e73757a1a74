import type { Measured } from './measure.js';

/** Prints what stands above the lines of `printMeasured`. */
export function printHead(): void {
  console.log('    paka ms    peer ms    ratio  (min–max)      target      pairs');
}

/** Prints one comparison: its figures, whether the target is met, and who was compared. */
export function printMeasured({ paka, peer, pakaMs, peerMs, ratio, spread, target, pairs }: Measured): void {
  const figures = [pakaMs.toFixed(0).padStart(11), peerMs.toFixed(0).padStart(10), ratio.toFixed(3).padStart(8)];
  const range = `(${spread.map((value) => value.toFixed(2)).join('–')})`.padEnd(14);
  const verdict = target === undefined ? '–' : `${target.toFixed(2)} ${ratio <= target ? 'met' : 'MISSED'}`;
  console.log(`${figures.join(' ')}  ${range} ${verdict.padEnd(11)} ${pairs}`);
  console.log(`    ${paka}  against  ${peer}\n`);
}

/** Prints named numbers of round trips below a heading. */
export function printRoundTrips(heading: string, rows: readonly (readonly [name: string, trips: number])[]): void {
  console.log(heading);
  for (const [name, trips] of rows) console.log(`${trips.toFixed(1).padStart(11)}  ${name}`);
  console.log();
}
