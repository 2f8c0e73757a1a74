import type { ShopService } from './services.js';
import type { VendoredPackage } from './vendor.js';

type Files = Readonly<Record<string, string>>;

const version = '1.0.0';

/**
 * Returns the files of a service that say what it is called, where it listens and how it is built, by their path
 * in the service's directory. They come from services.json, so that no name and no port is written twice.
 */
export function manifests(
  service: ShopService,
  all: readonly ShopService[],
  dependencies: readonly VendoredPackage[] = [],
): Files {
  switch (service.runtime) {
    case 'node':
      return service.name === 'gateway'
        ? { ...node(service, dependencies), 'src/upstreams.json': upstreams(all) }
        : node(service, dependencies);
    case 'go':
      return go(service);
    case 'python':
      return python(service);
  }
}

function node({ name, title, port }: ShopService, packages: readonly VendoredPackage[]): Files {
  const dependencies = Object.fromEntries(packages.map((each) => [each.name, `file:${each.file}`]));
  const manifest = {
    ...{ name, version, private: true, description: title, main: 'src/index.js' },
    scripts: { start: 'node src/index.js' },
    engines: { node: '>=20' },
    config: { port },
    dependencies,
  };
  const root = { name, version, dependencies, engines: manifest.engines };
  const locked = packages.map((each): [string, unknown] => [
    `node_modules/${each.name}`,
    { version: each.version, resolved: `file:${each.file}`, integrity: each.integrity },
  ]);
  const lock = { name, version, lockfileVersion: 3, requires: true };
  return {
    'package.json': json(manifest),
    'package-lock.json': json({ ...lock, packages: { '': root, ...Object.fromEntries(locked) } }),
  };
}

function go({ name, title, port }: ShopService): Files {
  const constants = [
    `\tname        = "${name}"`,
    `\ttitle       = "${title}"`,
    `\tdefaultPort = ${port}`,
    `\tversion     = "${version}"`,
  ];
  return {
    'go.mod': `module pakashop.store/${name}\n\ngo 1.15\n`,
    'service.go': `package main\n\nconst (\n${constants.join('\n')}\n)\n`,
  };
}

function python({ name, title, port }: ShopService): Files {
  return { 'settings.py': `NAME = "${name}"\nTITLE = "${title}"\nPORT = ${port}\nVERSION = "${version}"\n` };
}

function upstreams(all: readonly ShopService[]): string {
  return json(Object.fromEntries(all.filter(({ name }) => name !== 'gateway').map(({ name, port }) => [name, port])));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
