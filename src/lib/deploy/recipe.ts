import { createHash } from 'node:crypto';
import type { DeployFacts } from './facts.js';
import { installFiles, under, type DeployService } from './target.js';

/** One command of a build. */
export interface BuildCommand {
  /** Run by a shell in the directory of the build. */
  readonly line: string;
  /** It only fills node_modules, so it is left out where that is taken from an earlier release. */
  readonly install: boolean;
}

/** How a service is built from a commit. */
export interface Recipe {
  readonly commands: readonly BuildCommand[];
  /** It needs the node_modules of the repository's top, which is installed once for all services of a release. */
  readonly workspace: boolean;
  /** A digest of all this, to see whether it was the same before. */
  readonly digest: string;
}

const INSTALL = 'npm ci --omit=dev --no-audit --no-fund';
const INSTALL_ALL = 'npm ci --no-audit --no-fund';
const PRUNE = 'npm prune --omit=dev --no-audit --no-fund';

/** The one install of a repository with a lock file at its top; services with a build script need its dev packages. */
export function workspaceCommands(needsDev: boolean): BuildCommand[] {
  return [{ line: needsDev ? INSTALL_ALL : INSTALL, install: true }];
}

/** Returns how a service is built from the commit: as the inventory says, else as its runtime is built. */
export function recipeFor(service: DeployService, facts: DeployFacts, commit: string): Recipe {
  const has = (path: string): boolean => facts.oids.has(`${commit}:${path}`);
  const workspace =
    service.runtime === 'node' &&
    !has(under(service.path, 'package-lock.json')) &&
    !has(under(service.path, 'npm-shrinkwrap.json')) &&
    has('package-lock.json') &&
    isWorkspace(service.path, facts.manifests.get('package.json'));
  const commands =
    service.build?.map((line) => ({ line, install: /^npm (?:ci|install)\b[^;&|]*$/.test(line) })) ??
    defaultCommands(service, facts, commit, workspace);
  const digest = createHash('sha256').update(JSON.stringify({ commands, workspace })).digest('hex').slice(0, 16);
  return { commands, workspace, digest };
}

function defaultCommands(
  service: DeployService,
  facts: DeployFacts,
  commit: string,
  workspace: boolean,
): BuildCommand[] {
  const { path, runtime, name } = service;
  const has = (file: string): boolean => facts.oids.has(`${commit}:${under(path, file)}`);
  const run = (line: string): BuildCommand => ({ line, install: false });
  switch (runtime) {
    case 'node': {
      const locked = has('package-lock.json') || has('npm-shrinkwrap.json');
      const builds = hasBuildScript(facts.manifests.get(under(path, 'package.json')));
      const build = builds ? [run('npm run build')] : [];
      if (!locked || workspace) return build;
      // A build script needs the packages that only development needs; the service then runs without them.
      return builds ? [{ line: INSTALL_ALL, install: true }, ...build, run(PRUNE)] : [{ line: INSTALL, install: true }];
    }
    case 'go':
      return has('go.mod') ? [run(`go build -o bin/${name} .`)] : [];
    case 'python':
      return hasRequirements(facts.manifests.get(under(path, 'requirements.txt')))
        ? [run('python3 -m venv .venv'), run('.venv/bin/pip install --quiet -r requirements.txt')]
        : [];
    case 'other':
      return [];
  }
}

/** Whether the build of this service needs packages that only development needs. */
export function needsDevPackages(service: DeployService, facts: DeployFacts): boolean {
  return hasBuildScript(facts.manifests.get(under(service.path, 'package.json')));
}

function hasBuildScript(manifest: string | undefined): boolean {
  const scripts = parsed(manifest)['scripts'];
  return typeof scripts === 'object' && scripts !== null && 'build' in scripts;
}

/** A line that names a package; an empty file, or one of comments, needs no venv. */
function hasRequirements(text: string | undefined): boolean {
  return /^[^#\s]/m.test(text ?? '');
}

/** Whether the manifest of the repository's top has this directory among its npm workspaces: package.json(5). */
export function isWorkspace(path: string, manifest: string | undefined): boolean {
  const { workspaces } = parsed(manifest);
  const patterns: unknown = Array.isArray(workspaces)
    ? workspaces
    : (workspaces as { packages?: unknown } | undefined)?.packages;
  if (!Array.isArray(patterns)) return false;
  return patterns.some((pattern) => typeof pattern === 'string' && matches(path, pattern));
}

function matches(path: string, pattern: string): boolean {
  const source = pattern
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .split('/')
    .map((part) => (part === '**' ? '.+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')))
    .join('/');
  return new RegExp(`^${source}$`).test(path);
}

function parsed(manifest: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(manifest ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Whether an install in `directory` runs scripts of the package itself, whose results may depend on anything. */
export function hasInstallScripts(directory: string, facts: DeployFacts): boolean {
  const scripts = parsed(facts.manifests.get(under(directory, 'package.json')))['scripts'];
  const names = typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : [];
  return names.some((name) => ['preinstall', 'install', 'postinstall', 'prepare'].includes(name));
}

/** Whether an install in `directory` gives the same node_modules from both commits. */
export function sameInstall(directory: string, facts: DeployFacts, one: string, other: string): boolean {
  const lock = installFiles(directory)[0] ?? '';
  return (
    facts.oids.has(`${one}:${lock}`) &&
    installFiles(directory).every((file) => facts.oids.get(`${one}:${file}`) === facts.oids.get(`${other}:${file}`))
  );
}
