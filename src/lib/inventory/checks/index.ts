import type { Finding } from '../fault.js';
import { checkBlocks } from './blocks.js';
import type { InventoryDraft } from './draft-services.js';
import { checkHosts } from './hosts.js';
import { checkNames } from './names.js';
import { checkOrder } from './order.js';
import { checkPaths } from './paths.js';
import { checkUnits } from './units.js';
import { checkUrls } from './urls.js';

const checks = [checkNames, checkHosts, checkUnits, checkPaths, checkOrder, checkUrls, checkBlocks];

/** Returns what is wrong between the well-formed values of an inventory; a value that is not is no one's fault here. */
export function checkDraft(draft: InventoryDraft): Finding[] {
  return checks.flatMap((check) => [...check(draft)]);
}
