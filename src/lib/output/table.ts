import CliTable from 'cli-table3';
import stringWidth from 'string-width';

/** A column: what it is called, its cells, and how soon it is left out where the terminal is too narrow. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Columns of the highest number go first; a column without one always stays. */
  readonly leaveOut?: number;
}

const GAP = 2;

/**
 * Returns the lines of a table without borders, the title line first: one line a row, no trailing spaces. Columns
 * without a single filled cell are left out, and then those that do not fit into `width`.
 */
export function tableLines(columns: readonly Column[], width: number | undefined): string[] {
  const shown = fitting(
    columns.filter((column) => column.cells.some((cell) => cell !== '')),
    width,
  );
  const none = '';
  const table = new CliTable({
    head: shown.map((column) => column.title),
    colAligns: shown.map((column) => column.align ?? 'left'),
    chars: {
      ...{ top: none, 'top-mid': none, 'top-left': none, 'top-right': none },
      ...{ bottom: none, 'bottom-mid': none, 'bottom-left': none, 'bottom-right': none },
      ...{ left: none, 'left-mid': none, mid: none, 'mid-mid': none, right: none, 'right-mid': none },
      middle: ' '.repeat(GAP),
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  const rows = Math.max(0, ...shown.map((column) => column.cells.length));
  for (let row = 0; row < rows; row += 1) table.push(shown.map((column) => column.cells[row] ?? ''));
  return table
    .toString()
    .split('\n')
    .map((line) => line.replace(/ +((?:\u001b\[[0-9;]*m)*)$/, '$1'));
}

function fitting(columns: readonly Column[], width: number | undefined): readonly Column[] {
  if (width === undefined || naturalWidth(columns) <= width) return columns;
  const order = columns.filter((column) => column.leaveOut !== undefined);
  const first = order.toSorted((a, b) => (b.leaveOut ?? 0) - (a.leaveOut ?? 0))[0];
  if (first === undefined) return columns;
  return fitting(
    columns.filter((column) => column !== first),
    width,
  );
}

function naturalWidth(columns: readonly Column[]): number {
  const widths = columns.map((column) => Math.max(...[column.title, ...column.cells].map((cell) => stringWidth(cell))));
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, columns.length - 1);
}
