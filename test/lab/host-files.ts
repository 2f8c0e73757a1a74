import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeRepository, type ShopRepository } from './repository.js';
import { readInventory, type ShopService } from './services.js';

const shop = fileURLToPath(new URL('shop', import.meta.url));

/**
 * Makes in `directory` all that an image is baked and a host installed from, to be seen read-only in the host:
 * bake.sh, install.sh, files/, environments/NAME/ and the repositories.
 */
export function makeShop(directory: string, inventory = readInventory()): ShopRepository {
  const repository = makeRepository(directory, inventory.services);
  for (const name of ['bake.sh', 'install.sh', 'files']) {
    cpSync(join(shop, name), join(directory, name), { recursive: true });
  }
  for (const [environment, { branch }] of Object.entries(inventory.environments)) {
    const target = join(directory, 'environments', environment);
    mkdirSync(join(target, 'units'), { recursive: true });
    writeFileSync(join(target, 'branch'), `${branch}\n`);
    writeFileSync(join(target, 'env'), envFile(environment));
    for (const service of inventory.services) {
      writeFileSync(join(target, 'units', `pakashop-${service.name}.service`), unitFile(service, environment));
    }
  }
  return repository;
}

/** The value of a secret in an environment's env file. Each is different, and all are found by one word. */
export function canary(environment: string, key: string): string {
  const noise = createHash('sha256').update(`${environment} ${key}`).digest('hex').slice(0, 16);
  return `canary-${environment}-${key.toLowerCase().replaceAll('_', '-')}-${noise}`;
}

function unitFile(service: ShopService, environment: string): string {
  return fill('files/unit.service', { ...service, environment, program: programOf(service) });
}

function programOf({ name, runtime }: ShopService): string {
  const directory = `/opt/pakashop/services/${name}`;
  if (runtime === 'node') return '/usr/bin/node src/index.js';
  if (runtime === 'go') return `${directory}/bin/${name}`;
  // A service that needs packages runs in its venv; the others need none.
  return hasRequirements(name) ? `${directory}/.venv/bin/python app.py` : '/usr/bin/python3 app.py';
}

function hasRequirements(name: string): boolean {
  return /^[^#\s]/m.test(readFileSync(join(shop, 'repository/services', name, 'requirements.txt'), 'utf8'));
}

function envFile(environment: string): string {
  const zraMockMode = String(environment !== 'production');
  return fill('files/env', { zraMockMode })
    .split('\n')
    .map((line) => {
      const [key = ''] = line.split('=', 1);
      return line.replace(/\{secret(?::(\w+))?\}/, (_, other?: string) => canary(environment, other ?? key));
    })
    .join('\n');
}

/** Returns a template with its {name}s replaced; one that has no value stays. */
function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(join(shop, template), 'utf8');
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [directory, services] = process.argv.slice(2);
  if (!directory) throw new Error('usage: tsx test/lab/host-files.ts DIRECTORY [services.json]');
  console.log(makeShop(directory, readInventory(services)));
}
