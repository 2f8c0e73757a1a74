import type { Environment, Inventory } from './inventory.js';
import { selectEnvironment } from './select.js';

export interface DefaultEnvironmentOptions {
  /** The environment that the user named, as an argument or by --env. */
  readonly argument: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether this machine has a file at an absolute path. */
  readonly fileExists: (path: string) => boolean;
}

export interface ChosenEnvironment {
  readonly environment: Environment;
  /** `host`: this machine is one of the environment's hosts. */
  readonly from: 'argument' | 'variable' | 'host';
}

/**
 * Returns the environment that a command is about: the one named, else that of PAKA_ENV, else that of this machine if
 * it is a host. Undefined: none of these. Throws UsageError where a name is unknown.
 */
export function defaultEnvironment(
  inventory: Inventory,
  { argument, env, fileExists }: DefaultEnvironmentOptions,
): ChosenEnvironment | undefined {
  if (argument !== undefined) return { environment: selectEnvironment(inventory, argument), from: 'argument' };
  const variable = env.PAKA_ENV ?? '';
  if (variable !== '') return { environment: selectEnvironment(inventory, variable, 'PAKA_ENV'), from: 'variable' };
  const local = environmentOfThisHost(inventory, fileExists);
  return local && { environment: local, from: 'host' };
}

/**
 * Returns the environment that this machine is a host of: the one whose env file it has. Undefined where it has none,
 * or those of several.
 */
export function environmentOfThisHost(
  inventory: Inventory,
  fileExists: (path: string) => boolean,
): Environment | undefined {
  const present = inventory.environments.filter((environment) => fileExists(envFilePath(inventory, environment)));
  return present.length === 1 ? present[0] : undefined;
}

/** Returns the absolute path of an environment's env file on its hosts. */
export function envFilePath(inventory: Inventory, environment: Environment): string {
  return `${inventory.root}/${environment.envFile}`;
}
