import { parseInventory } from '../../../src/lib/inventory/load.js';
import { InventoryError } from '../../../src/lib/inventory/error.js';
import { formatFault, type Fault } from '../../../src/lib/inventory/fault.js';

/** Returns a small sound inventory that uses every key, to be edited by a test. */
export function example() {
  return {
    $schema: './services.schema.json',
    name: 'shop',
    root: '/opt/shop',
    user: 'deploy',
    unit: 'shop-{name}.service',
    repository: 'git@example.org:shop/shop.git',
    environments: {
      staging: { branch: 'main', hosts: ['web0'], envFile: '.env.staging' },
      production: {
        branch: 'production',
        hosts: ['web1', 'deploy@web2', 'deploy@2001:db8::1'],
        envFile: '.env.production',
        confirm: true,
        endpoints: [{ name: 'API', url: 'https://shop.example/health' }],
      },
    },
    services: [
      { name: 'config', port: 3000, runtime: 'go', health: '/health?deep=1' },
      {
        name: 'backend',
        title: 'Backend API',
        unit: 'backend@1.service',
        port: 3001,
        runtime: 'node',
        path: 'apps/backend',
        uses: ['packages/common', 'packages/@shop/types'],
        build: ['npm ci', 'npm run build'],
        health: '/health',
        after: ['config'],
        shared: ['tmp', 'data/uploads'],
        startSeconds: 60,
      },
      { name: 'web-ui', port: 3002, runtime: 'other', after: ['backend', 'config'], 'x-owner': { team: 'web' } },
    ],
    dependencies: [
      { name: 'nginx', unit: 'nginx.service' },
      { name: 'redis', unit: 'redis-server.service', url: '$REDIS_URL' },
      { name: 'redis-queue', unit: 'redis-server.service', url: 'redis://127.0.0.1:6379/1' },
      { name: 'search', url: 'http://localhost:7700', health: '/health' },
    ],
    deploy: {
      hooks: {
        beforeSwitch: { service: 'backend', run: 'npm run migrate' },
        afterDeploy: { service: 'config', run: './warm-up "all"' },
      },
    },
    backup: { database: '$DATABASE_URL', to: 's3://backups/{environment}', keep: { last: 3, daily: 7 } },
    'x-note': 'kept for the tests',
  };
}

/** Values by path, as messages write it: `services[1].port`. */
export type Edits = Readonly<Record<string, unknown>>;

/** As the value of an edit: the key is taken out. */
export const REMOVED = Symbol('removed');

/** Returns the edited example as text. */
export function exampleText(edits: Edits = {}): string {
  const inventory: unknown = example();
  for (const [path, value] of Object.entries(edits)) {
    const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
    const key = steps.pop() ?? '';
    const holder = steps.reduce((node, step) => (node as Record<string, unknown>)[step], inventory);
    if (value === REMOVED) Reflect.deleteProperty(holder as object, key);
    else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return JSON.stringify(inventory, undefined, 2);
}

/** Returns the error that `text` is refused with; fails where it is accepted. */
export function refusal(text: string): InventoryError {
  try {
    parseInventory(text, 'services.json');
  } catch (error) {
    if (error instanceof InventoryError) return error;
    throw error;
  }
  throw new Error('the inventory was accepted');
}

/** Returns the faults of a text, one line each, without line numbers; none where it is accepted. */
export function faultsOf(text: string): string[] {
  let faults: readonly Fault[] = [];
  try {
    parseInventory(text, 'services.json');
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    faults = error.faults;
  }
  return faults.map(formatFault);
}

/** Returns the faults of the edited example. */
export function faultsAfter(edits: Edits): string[] {
  return faultsOf(exampleText(edits));
}
