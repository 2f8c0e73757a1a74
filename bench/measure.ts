import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A whole program to time: paka or its peer. */
export interface Contestant {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** What was promised of paka: its wall time to that of its peer, at most. No target: the ratio is only told. */
export interface Comparison {
  readonly paka: string;
  readonly peer: string;
  readonly target?: number;
}

/** Milliseconds of both, one right after the other. */
export interface Pair {
  readonly paka: number;
  readonly peer: number;
}

export interface Measured extends Comparison {
  readonly pairs: number;
  /** Milliseconds, medians. */
  readonly pakaMs: number;
  readonly peerMs: number;
  /** The median of the ratios of the pairs: a drift of the machine cancels out. */
  readonly ratio: number;
  readonly spread: readonly [min: number, max: number];
}

/** Runs the pair `runs` times in turn, after one uncounted warm-up of each. Throws where one fails. */
export async function compare(paka: Contestant, peer: Contestant, target: number, runs: number): Promise<Measured> {
  await wallMs(paka);
  await wallMs(peer);
  const pairs: Pair[] = [];
  for (let run = 0; run < runs; run += 1) pairs.push({ paka: await wallMs(paka), peer: await wallMs(peer) });
  return measured({ paka: paka.name, peer: peer.name, target }, pairs);
}

/** Returns the medians of pairs, and how far their ratios lie apart. */
export function measured(comparison: Comparison, pairs: readonly Pair[]): Measured {
  const ratios = pairs.map((pair) => pair.paka / pair.peer);
  return {
    ...comparison,
    pairs: pairs.length,
    pakaMs: median(pairs.map((pair) => pair.paka)),
    peerMs: median(pairs.map((pair) => pair.peer)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Returns how long a program takes in milliseconds. Throws where it fails, with what it said last. */
export async function wallMs({ name, argv: [program, ...args], env, cwd }: Contestant): Promise<number> {
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: env ?? process.env, cwd });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const took = performance.now() - began;
  if (code !== 0)
    throw new Error(`${name} ended with ${String(code ?? signal)}: the figures would mean nothing\n${said.trim()}`);
  return took;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
