import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { faultsByName, type FaultName } from '../lab/fault.js';
import { readInventory, type ShopService } from '../lab/services.js';

/** Edits the files of a checkout of the shop's repository. */
export type Change = (directory: string) => void;

/** Returns a change that makes all of these, one after the other. */
export function together(...changes: readonly Change[]): Change {
  return (directory) => {
    for (const change of changes) change(directory);
  };
}

/** Returns a change of one service that does not alter what it does. */
export function touchService(name: string): Change {
  return touchPath(`${pathOf(name)}/${sourceIn[serviceOf(name).runtime]}`);
}

const sourceIn = { node: 'src/index.js', go: 'main.go', python: 'app.py' } as const;

const comments: Readonly<Record<string, (text: string) => string>> = {
  '.js': (text) => `// ${text}`,
  '.go': (text) => `// ${text}`,
  '.py': (text) => `# ${text}`,
  '.sh': (text) => `# ${text}`,
  '.txt': (text) => `# ${text}`,
  '.md': (text) => `<!-- ${text} -->`,
  '.html': (text) => `<!-- ${text} -->`,
};

/** Returns a change that adds a comment to a file, another one each time; it throws where there is no such file. */
export function touchPath(path: string): Change {
  const comment = comments[extname(path)];
  if (comment === undefined) throw new Error(`${path}: how to comment in such a file is not known`);
  return (directory) => {
    const file = join(directory, path);
    if (!existsSync(file)) throw new Error(`${path} is not in the shop's repository`);
    appendFileSync(file, `${comment(`Touched at ${new Date().toISOString()}.`)}\n`);
  };
}

/** Returns a change that makes a service misbehave wherever it is deployed, or with `undefined` behave again. */
export function withFault(name: string, fault: FaultName | undefined): Change {
  const path = `${pathOf(name)}/fault.json`;
  return (directory) => {
    const file = join(directory, path);
    if (fault === undefined) rmSync(file, { force: true });
    else writeJson(file, faultsByName[fault]);
  };
}

/** Returns a change after which a service cannot be built: its build fails by itself, within a moment. */
export function brokenBuild(name: string): Change {
  const path = pathOf(name);
  const { runtime } = serviceOf(name);
  return (directory) => {
    const file = (inService: string): string => join(directory, path, inService);
    if (runtime === 'go') appendFileSync(file('main.go'), '\nfunc broken( {\n');
    // A package that is not there is known at once; one of a registry would be waited for.
    if (runtime === 'python') appendFileSync(file('requirements.txt'), './vendor/missing-1.0.tar.gz\n');
    if (runtime !== 'node') return;
    const manifest = JSON.parse(readFileSync(file('package.json'), 'utf8')) as { scripts: Record<string, string> };
    manifest.scripts['build'] = `echo "${name}: the build is broken" >&2; exit 1`;
    writeJson(file('package.json'), manifest);
  };
}

function serviceOf(name: string): ShopService {
  const service = readInventory().services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`${name} is not a service of the shop`);
  return service;
}

function pathOf(name: string): string {
  return `services/${serviceOf(name).name}`;
}

/** As npm writes it. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
