/** A place in a text, both counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Returns a function that finds the line and column of an offset in `text`. */
export function positionFinder(text: string): (offset: number) => Position {
  const lineStarts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
  return (offset) => {
    let [low, high] = [0, lineStarts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
  };
}
