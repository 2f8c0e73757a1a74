import { expect } from 'chai';
import { isWorkspace, recipeFor } from '../../../src/lib/deploy/recipe.js';
import type { DeployService } from '../../../src/lib/deploy/target.js';
import { facts, NEW, target } from './sample.js';

function lines(
  name: string,
  more: Partial<DeployService>,
  manifests: Record<string, string> = {},
  files: readonly string[] = [],
): string[] {
  const service = { ...(target.services.find((one) => one.name === name) as DeployService), ...more };
  const now = facts();
  const oids = new Map([...now.oids, ...files.map((file) => [`${NEW}:${file}`, 'x'] as const)]);
  return recipeFor(service, { ...now, oids, manifests: new Map(Object.entries(manifests)) }, NEW).commands.map(
    ({ line }) => line,
  );
}

describe('how a service is built', () => {
  it('of Node: an install where there is a lock file', () => {
    expect(lines('backend', {})).to.deep.equal(['npm ci --omit=dev --no-audit --no-fund']);
    expect(lines('gateway', {})).to.deep.equal([]);
  });

  it('of Node with a build script: with the development packages, and without them afterwards', () => {
    const manifest = { 'services/backend/package.json': '{"scripts": {"build": "tsc"}}' };
    expect(lines('backend', {}, manifest)).to.deep.equal([
      'npm ci --no-audit --no-fund',
      'npm run build',
      'npm prune --omit=dev --no-audit --no-fund',
    ]);
    expect(lines('gateway', {}, { 'services/gateway/package.json': '{"scripts": {"build": "tsc"}}' })).to.deep.equal([
      'npm run build',
    ]);
  });

  it('of Go: a binary named as the service', () => {
    expect(lines('search', {})).to.deep.equal(['go build -o bin/search .']);
  });

  it('of Python: a venv where requirements name a package', () => {
    expect(lines('web', {}, { 'services/web/requirements.txt': '# none\n\n' })).to.deep.equal([]);
    expect(lines('web', {}, { 'services/web/requirements.txt': 'flask==3\n' })).to.deep.equal([
      'python3 -m venv .venv',
      '.venv/bin/pip install --quiet -r requirements.txt',
    ]);
  });

  it('as the inventory says, where it does', () => {
    expect(lines('backend', { build: ['make'] })).to.deep.equal(['make']);
    expect(lines('backend', { build: [] })).to.deep.equal([]);
  });

  it('once for all workspaces of a repository with one lock file', () => {
    const manifests = { 'package.json': '{"workspaces": ["packages/*", "services/gateway"]}' };
    const service = target.services[0] as DeployService;
    const now = facts();
    const oids = new Map([...now.oids, [`${NEW}:package-lock.json`, 'x'] as const]);
    const recipe = recipeFor(service, { ...now, oids, manifests: new Map(Object.entries(manifests)) }, NEW);
    expect(recipe).to.include({ workspace: true });
    expect(recipe.commands).to.deep.equal([]);
  });

  it('knows the patterns of workspaces', () => {
    const of = (...patterns: string[]): string => JSON.stringify({ workspaces: patterns });
    expect(isWorkspace('services/a', of('services/*'))).to.equal(true);
    expect(isWorkspace('services/a', of('./services/a/'))).to.equal(true);
    expect(isWorkspace('services/a/b', of('services/*'))).to.equal(false);
    expect(isWorkspace('services/a/b', of('services/**'))).to.equal(true);
    expect(isWorkspace('services/a', JSON.stringify({ workspaces: { packages: ['services/a'] } }))).to.equal(true);
    expect(isWorkspace('services/a', 'not json')).to.equal(false);
  });
});
