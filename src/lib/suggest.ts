/** Longer words are no typing mistakes of a name, and comparing them would take long. */
const LONGEST = 64;

/** So many candidates are looked at; a file with thousands of wrong names would take minutes otherwise. */
const MOST_CANDIDATES = 200;

/** Returns the candidate that `word` was most likely meant to be, or undefined where none is close. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  if (typed.length > LONGEST) return undefined;
  let best: string | undefined;
  let leastEdits = Math.min(3, Math.ceil(typed.length / 3)) + 1;
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    const meant = candidate.toLowerCase();
    if (meant.length > LONGEST) continue;
    const isAbbreviation = typed.length >= 3 && meant.startsWith(typed);
    const edits = isAbbreviation ? Math.min(1, meant.length - typed.length) : editDistance(typed, meant);
    if (edits < leastEdits) [best, leastEdits] = [candidate, edits];
  }
  return best;
}

/** Returns `; did you mean "backend"?` for the end of a message, or nothing where nothing is suggested. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, replacements and swaps of neighbours. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const at = (line: number[], index: number): number => line[index] ?? Infinity;
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Infinity;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    [beforeLast, last] = [last, current];
  }
  return last.at(-1) ?? 0;
}
