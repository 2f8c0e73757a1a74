export type RunKind = 'deploy' | 'rollback';
export type RunResult = 'ok' | 'failed' | 'rolled-back' | 'undo-failed' | 'interrupted';

/** What both lines of a run say of it. */
export interface RunDetails {
  readonly id: string;
  readonly who: string;
  /** The address of the CI run. */
  readonly run: string | null;
  readonly kind: RunKind;
  readonly from: string;
  readonly to: string;
  /** The release of each service: at the start as it was, at the end as it is. */
  readonly services: Readonly<Record<string, string>>;
  /** The release that the links of what is no service lead to. */
  readonly root: string | null;
  /** Of a rollback: the run whose state it goes to. */
  readonly state?: string;
}

/** A line of `.paka/deploys.jsonl` on a host. Its keys are promises. */
export interface LedgerLine extends RunDetails {
  readonly v: 1;
  readonly event: 'start' | 'end';
  readonly at: string;
  readonly result?: RunResult;
  readonly reason?: string | null;
  /** The checkout was taken over as it stood: no commit was deployed. */
  readonly adopted?: boolean;
}

export function startLine(run: RunDetails, at: Date): string {
  return JSON.stringify({ v: 1, id: run.id, event: 'start', at: at.toISOString(), ...withoutId(run) });
}

export function endLine(run: RunDetails, at: Date, result: RunResult, reason: string | null = null): string {
  return JSON.stringify({ v: 1, id: run.id, event: 'end', at: at.toISOString(), ...withoutId(run), result, reason });
}

/** Returns the ledger line that says a plain checkout became a release as it stood. */
export function adoptionLine(run: RunDetails, at: Date): string {
  const line = { v: 1, id: run.id, event: 'end', at: at.toISOString(), ...withoutId(run), result: 'ok', reason: null };
  return JSON.stringify({ ...line, adopted: true });
}

function withoutId({ who, run, kind, from, to, services, root, state }: RunDetails): Omit<RunDetails, 'id'> {
  return { who, run, kind, from, to, services, root, ...(state !== undefined && { state }) };
}

/** Returns the lines of a ledger that can be read; one that was cut by a full disk or a power cut is passed over. */
export function parseLedger(lines: readonly string[]): LedgerLine[] {
  return lines.flatMap((text): LedgerLine[] => {
    try {
      const line = JSON.parse(text) as Omit<LedgerLine, 'v'> & { readonly v: number };
      const sound =
        line.v === 1 && typeof line.id === 'string' && typeof line.to === 'string' && isObject(line.services);
      return sound ? [{ ...line, v: 1, root: line.root ?? null }] : [];
    } catch {
      return [];
    }
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** One run of the history: its end, or its start where it has no end (yet). */
export interface Run extends LedgerLine {
  readonly began: string;
  readonly outcome: RunResult | 'running';
}

/** Returns the runs of a ledger, oldest first. `held`: the lock is taken, so the last run may still be at work. */
export function runsOf(ledger: readonly LedgerLine[], held: boolean): Run[] {
  const runs: Run[] = [];
  for (const [index, line] of ledger.entries()) {
    if (line.event === 'start') {
      const end = ledger
        .slice(index + 1)
        .find((other) => other.id === line.id && other.event === 'end' && !other.adopted);
      const last = index === ledger.findLastIndex((other) => other.event === 'start');
      runs.push({
        ...(end ?? line),
        began: line.at,
        outcome: end?.result ?? (held && last ? 'running' : 'interrupted'),
      });
    } else if (line.adopted) {
      runs.push({ ...line, began: line.at, outcome: 'ok' });
    }
  }
  // An adoption is written within the run that needed it, and came before what that run deployed.
  return runs.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * Returns the good states that a rollback can return to, the present one last. A rollback leaves what it rolled back
 * from for good: the next one goes further back, and never to the bad one. One to a state that had been left brings it
 * back on top.
 */
export function goodStates(ledger: readonly LedgerLine[]): LedgerLine[] {
  const states: LedgerLine[] = [];
  for (const line of ledger) {
    if (line.event !== 'end' || line.result !== 'ok') continue;
    if (line.kind === 'rollback') {
      const position = states.findLastIndex((state) => state.id === line.state || sameServices(state, line));
      if (position >= 0) {
        states.length = position + 1;
        continue;
      }
    }
    const top = states.at(-1);
    if (top === undefined || !sameServices(top, line)) states.push(line);
  }
  return states;
}

/** Whether two lines describe the same state of a host: each service in the same release. */
function sameServices(a: LedgerLine, b: LedgerLine): boolean {
  const names = new Set([...Object.keys(a.services), ...Object.keys(b.services)]);
  return a.to === b.to && [...names].every((name) => a.services[name] === b.services[name]);
}
