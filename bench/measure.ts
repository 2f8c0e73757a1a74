import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A whole program to time: paka or its peer. */
export interface Contestant {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Comparison {
  readonly paka: Contestant;
  readonly peer: Contestant;
  /** Wall time of paka to that of the peer: what was promised. */
  readonly target: number;
}

export interface Measured extends Comparison {
  /** Milliseconds, medians. */
  readonly pakaMs: number;
  readonly peerMs: number;
  /** The median of the ratios of the pairs, which run one after the other: a drift of the machine cancels out. */
  readonly ratio: number;
  readonly spread: readonly [min: number, max: number];
}

/** Runs the pair `runs` times in turn, after one uncounted warm-up of each. Throws where one fails. */
export async function compare(comparison: Comparison, runs: number): Promise<Measured> {
  const { paka, peer } = comparison;
  await wallMs(paka);
  await wallMs(peer);
  const pairs: { paka: number; peer: number }[] = [];
  for (let run = 0; run < runs; run += 1) pairs.push({ paka: await wallMs(paka), peer: await wallMs(peer) });
  const ratios = pairs.map((pair) => pair.paka / pair.peer);
  return {
    ...comparison,
    pakaMs: median(pairs.map((pair) => pair.paka)),
    peerMs: median(pairs.map((pair) => pair.peer)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Returns how long a program takes in milliseconds. Throws where it fails. */
export async function wallMs({ name, argv: [program, ...args], env }: Contestant): Promise<number> {
  const began = performance.now();
  const child = spawn(program, args, { stdio: 'ignore', env: env ?? process.env });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${name} ended with ${String(code ?? signal)}: the figures would mean nothing`);
  return performance.now() - began;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
