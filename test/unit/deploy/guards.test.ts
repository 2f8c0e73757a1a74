import { expect } from 'chai';
import type { DeployFacts } from '../../../src/lib/deploy/facts.js';
import { commitObstacles, obstaclesOf } from '../../../src/lib/deploy/guards.js';
import { facts, OLD, target } from './sample.js';

const problems = (of: DeployFacts, local = false): string[] =>
  obstaclesOf(target, of, { local }).map(({ problem }) => problem);
const host = (more: Record<string, string>): DeployFacts['host'] => ({ ...facts().host, ...more });

describe('what stands against a run', () => {
  it('is nothing on a host that is as it should be', () => {
    expect(problems(facts())).to.deep.equal([]);
  });

  const cases: [string, Partial<DeployFacts>, RegExp][] = [
    ['another user', { host: host({ user: 'root' }) }, /^this is user root, but deploy deploys here$/],
    [
      'another branch',
      { host: host({ branch: 'main' }) },
      /^branch main is checked out, but production is deployed from production$/,
    ],
    ['no branch', { host: host({ branch: '' }) }, /^no branch is checked out/],
    ['a shallow clone', { host: host({ shallow: 'true' }) }, /^the clone is shallow/],
    ['little space', { freeBytes: 1e6 }, /^only 1 MB are free/],
    ['a missing tool', { host: host({ 'without-flock': 'yes' }) }, /^the host lacks flock$/],
    [
      'files of root',
      { foreign: ['root services/x'] },
      /^not everything under \/opt\/shop belongs to deploy \(root owns services\/x\)/,
    ],
    [
      'a masked unit',
      { units: new Map([['shop-web.service', { LoadState: 'masked' }]]) },
      /^shop-web.service is masked/,
    ],
    [
      'a missing unit',
      { units: new Map([['shop-web.service', { LoadState: 'not-found' }]]) },
      /^the host has no unit shop-web.service$/,
    ],
  ];
  for (const [title, more, message] of cases)
    it(`is ${title}`, () => {
      const found = problems(facts([], more));
      expect(found).to.have.length(1);
      expect(found[0]).to.match(message);
    });

  it('is a missing env file', () => {
    const without = Object.fromEntries(Object.entries(facts().host).filter(([key]) => key !== 'envfile'));
    expect(problems(facts([], { host: without }))[0]).to.match(/^\/opt\/shop\/\.env is missing/);
  });

  it('is, in a plain checkout, what was changed by hand and what git does not track among its files', () => {
    const dirty = [
      ' M services/web/app.py',
      '?? services/web/.env',
      '!! services/backend/tmp/',
      '!! services/backend/node_modules/',
      '!! services/search/bin/',
      '?? uploads/',
      '?? notes.txt',
      '?? services/stray.txt',
      '!! packages/common/__pycache__/',
    ].map((line) => ({ state: line.slice(0, 2), path: line.slice(3) }));
    const found = problems(facts([], { adopted: false, dirty }));
    expect(found).to.deep.equal([
      'files of the checkout were changed by hand: services/web/app.py',
      'files that git does not track lie among those of the repository: services/web/.env, services/stray.txt',
    ]);
  });
});

describe('what stands against a commit', () => {
  const found = (fetch: Partial<NonNullable<DeployFacts['fetch']>>, allowOlder = false): string[] => {
    const base = facts().fetch as NonNullable<DeployFacts['fetch']>;
    return commitObstacles(target, facts([], { fetch: { ...base, ...fetch } }), { ref: undefined, allowOlder }).map(
      ({ problem }) => problem,
    );
  };

  it('is nothing for a newer one', () => {
    expect(found({})).to.deep.equal([]);
  });

  it('is that the origin cannot be fetched from, in the words of git', () => {
    expect(found({ ok: false, said: ['fatal: no such host'] })[0]).to.match(
      /^the origin cannot be fetched from:\n {2}fatal: no such host$/,
    );
  });

  it('is that it is not there, not on the branch, older, or of another history', () => {
    expect(found({ target: undefined })[0]).to.match(/^the repository has no commit/);
    expect(found({ onBranch: false })[0]).to.match(/is not on production/);
    expect(found({ newer: false, older: true })[0]).to.match(
      new RegExp(`is older than ${OLD.slice(0, 7)}, which runs`),
    );
    expect(found({ newer: false })[0]).to.match(/production was rewritten/);
    expect(found({ newer: false, older: true }, true)).to.deep.equal([]);
  });
});
