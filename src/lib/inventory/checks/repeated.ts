import { formatPath, type Finding, type Path } from '../fault.js';
import { quote } from '../quote.js';

/** A value that must stand in one place only. */
export interface Use {
  readonly path: Path;
  readonly value: string | number;
  /** Where another use points to, if not to `path`: `also services[0]` reads better than `also services[0].name`. */
  readonly owner?: Path;
  /** What the message shows, if not `value`. */
  readonly shown?: string;
}

/** Yields a finding for each use of a value but the first. */
export function* repeated(uses: Iterable<Use>): Generator<Finding> {
  const first = new Map<string | number, Path>();
  for (const { path, value, owner = path, shown = value } of uses) {
    const other = first.get(value);
    if (other === undefined) first.set(value, owner);
    else yield { path, message: `${quote(shown)} is used twice (also ${formatPath(other)})` };
  }
}

/** Yields a finding for each text that a list holds again. */
export function repeatedInList(list: readonly (string | undefined)[] | undefined, path: Path): Generator<Finding> {
  const uses = (list ?? []).flatMap((value, index) => (value === undefined ? [] : { path: [...path, index], value }));
  return repeated(uses);
}
