import { defaultPath } from './checks/paths.js';
import { unitFromTemplate } from './checks/units.js';
import type { Inventory } from './inventory.js';
import type { InventoryFile } from './schema.js';

/** Returns the inventory that a sound file describes: what depends on other values is filled in, and all is frozen. */
export function resolveInventory(file: InventoryFile): Inventory {
  return deepFreeze({
    name: file.name,
    root: file.root,
    user: file.user,
    repository: file.repository,
    environments: Object.entries(file.environments).map(([name, environment]) => ({
      name,
      ...environment,
      confirm: environment.confirm ?? name === 'production',
    })),
    services: file.services.map(({ name, title, unit, path, build, health, ...service }) => ({
      name,
      title: title ?? name,
      unit: unit ?? unitFromTemplate(file.unit, name),
      path: path ?? defaultPath(name),
      build,
      health,
      ...service,
    })),
    dependencies: file.dependencies.map(({ name, unit, url, health }) => ({ name, unit, url, health })),
    deploy: {
      hooks: { beforeSwitch: file.deploy?.hooks?.beforeSwitch, afterDeploy: file.deploy?.hooks?.afterDeploy },
    },
    backup: file.backup,
  });
}

/** Freezes plain data with everything in it, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
