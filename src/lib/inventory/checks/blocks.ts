import type { Finding } from '../fault.js';
import { quote } from '../quote.js';
import type { InventoryDraft } from './draft-services.js';

/** What must stand together within a dependency, and within the backup block. */
export function* checkBlocks(draft: InventoryDraft): Generator<Finding> {
  for (const [index, dependency] of (draft.dependencies ?? []).entries()) {
    if (dependency === undefined) continue;
    const path = ['dependencies', index];
    const has = (key: string): boolean => Object.hasOwn(dependency, key);
    if (has('health') && !has('url')) yield { path, message: '"health" needs a "url" to ask' };
    else if (!has('unit') && !has('url')) yield { path, message: 'needs a "unit", a "url" or both' };
  }

  const { to, keep } = draft.backup ?? {};
  const environments = Object.keys(draft.environments ?? {});
  if (to !== undefined && !to.includes('{environment}') && environments.length > 1) {
    const message = `${quote(to)} has no {environment}: the dumps of all environments would mix`;
    yield { path: ['backup', 'to'], message };
  }
  if (keep !== undefined && Object.values(keep).every((count) => count === 0)) {
    yield { path: ['backup', 'keep'], message: 'keeps no dump: one number has to be above 0' };
  }
}
