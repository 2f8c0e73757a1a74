import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './layout.js';

/** What the lab takes from services.json, read on its own: the lab must not need the code it is there to test. */
export interface ShopService {
  readonly name: string;
  readonly title: string;
  readonly port: number;
  readonly runtime: 'node' | 'go' | 'python';
}

export interface ShopInventory {
  readonly services: readonly ShopService[];
  readonly environments: Readonly<Record<string, { readonly branch: string }>>;
}

export function readInventory(file = join(checkout, 'services.json')): ShopInventory {
  return JSON.parse(readFileSync(file, 'utf8')) as ShopInventory;
}
