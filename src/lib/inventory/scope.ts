import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../errors.js';
import { defaultEnvironment, environmentOfThisHost } from './default-environment.js';
import { findInventory } from './find.js';
import { applyHostOverrides } from './host-overrides.js';
import type { Environment, Inventory } from './inventory.js';
import { loadInventory } from './load.js';

export interface ScopeOptions {
  /** The value of --services. */
  readonly services: string | undefined;
  /** The environment the user named. */
  readonly environment: string | undefined;
  readonly local: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The services.json that came with paka. */
  readonly shipped: string;
}

/** What a command is about: an inventory, environments of it, and where it is called. */
export interface Scope {
  readonly inventory: Inventory;
  readonly environments: readonly Environment[];
  /** The environment that this machine is a host of, if any: it is reached without SSH. */
  readonly ownEnvironment: Environment | undefined;
  /** `--local`: this machine is meant, whatever it is. */
  readonly local: boolean;
  readonly hostname: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds and loads the inventory and decides which environments a command is about: the one named, that of PAKA_ENV, or
 * that of this host; else all. Throws UsageError for anything that is wrong with the inventory or the call.
 */
export function resolveScope(options: ScopeOptions): Scope {
  const { env, cwd, local } = options;
  const { file } = findInventory({ flag: options.services, env, cwd, shipped: options.shipped });
  const inventory = applyHostOverrides(loadInventory(file), env);
  const ownEnvironment = environmentOfThisHost(inventory, existsSync);
  const chosen = defaultEnvironment(inventory, { argument: options.environment, env, fileExists: existsSync });
  if (local && chosen === undefined)
    throw new UsageError('--local needs an environment: this machine is not known to be a host of one', {
      hint: `environments: ${inventory.environments.map(({ name }) => name).join(', ')}`,
    });
  const environments = chosen === undefined ? inventory.environments : [chosen.environment];
  return { inventory, environments, ownEnvironment, local, hostname: hostname(), env };
}
