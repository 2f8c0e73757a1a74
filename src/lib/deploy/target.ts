import type { Hooks, Service } from '../inventory/inventory.js';

/** What of the inventory a deploy to one environment is about. */
export interface DeployTarget {
  readonly environment: string;
  readonly root: string;
  readonly user: string;
  readonly branch: string;
  readonly envFile: string;
  readonly services: readonly DeployService[];
  readonly hooks: Hooks;
}

/** Of a service all but what it is called for people. */
export type DeployService = Omit<Service, 'title'>;

/** The files that decide what an npm install puts into node_modules. */
const INSTALL_FILES = ['package-lock.json', '.npmrc'] as const;

/** Returns the files that an install in `directory` (relative to the repository; '' is its top) depends on. */
export function installFiles(directory: string): string[] {
  return INSTALL_FILES.map((file) => under(directory, file));
}

/** Returns the paths whose object ids tell whether a service changed and how it is built. */
export function trackedPaths({ services }: Pick<DeployTarget, 'services'>): string[] {
  const own = services.flatMap(({ path, uses, runtime }) => [
    path,
    ...uses,
    ...(runtime === 'node' ? [...installFiles(path), under(path, 'npm-shrinkwrap.json')] : []),
    ...(runtime === 'go' ? [under(path, 'go.mod')] : []),
    ...(runtime === 'python' ? [under(path, 'requirements.txt')] : []),
  ]);
  return [...new Set([...own, ...installFiles(''), 'package.json', '.gitmodules'])];
}

/** Returns the files whose text tells how services are built. */
export function manifestPaths({ services }: Pick<DeployTarget, 'services'>): string[] {
  const own = services.flatMap(({ path, runtime }) => {
    if (runtime === 'node') return [under(path, 'package.json')];
    return runtime === 'python' ? [under(path, 'requirements.txt')] : [];
  });
  return [...new Set(['package.json', ...own])];
}

/** Returns a path in a directory of the repository, '' being its top. */
export function under(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}
