import { findNodeAtLocation } from 'jsonc-parser';
import { checkDraft } from './checks/index.js';
import { InventoryError } from './error.js';
import { formatPath, type Fault } from './fault.js';
import type { Inventory } from './inventory.js';
import { readInventoryFile } from './read-file.js';
import { resolveInventory } from './resolve.js';
import { inventorySchema } from './schema.js';
import { readShape } from './shape.js';
import { parseSyntax } from './syntax.js';
import { positionFinder } from './text-position.js';

/** Returns the inventory in a file. Throws InventoryError with every fault of the file. */
export function loadInventory(file: string): Inventory {
  return parseInventory(readInventoryFile(file), file);
}

/** Returns the inventory in `text`; `file` is for the messages. Throws InventoryError with every fault of the text. */
export function parseInventory(text: string, file: string): Inventory {
  const tree = parseSyntax(text, file);
  const { findings, draft, value } = readShape(inventorySchema, tree);
  const between = (draft === undefined ? [] : checkDraft(draft)).map((finding) => {
    return { ...finding, offset: findNodeAtLocation(tree, [...finding.path])?.offset ?? 0 };
  });
  const all = [...findings, ...between];
  if (value !== undefined && all.length === 0) return resolveInventory(value);

  const position = positionFinder(text);
  const faults = all
    .sort((a, b) => a.offset - b.offset)
    .map(({ path, message, offset }): Fault => ({ path: formatPath(path), message, line: position(offset).line }));
  throw new InventoryError(file, faults);
}
