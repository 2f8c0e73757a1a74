import { expect } from 'chai';
import type { DeployFacts } from '../../../src/lib/deploy/facts.js';
import { pathObstacles } from '../../../src/lib/deploy/path-guards.js';
import { linkTarget } from '../../../src/lib/deploy/release.js';
import { facts, NEW, RELEASE, target } from './sample.js';

const problems = (of: DeployFacts): string[] => pathObstacles(target, of, NEW).map(({ problem }) => problem);

describe('what stands against the links of a commit', () => {
  it('is nothing where all is as it should be', () => {
    expect(problems(facts())).to.deep.equal([]);
  });

  it('is a submodule', () => {
    const oids = new Map([...facts().oids, [`${NEW}:.gitmodules`, 'x'] as const]);
    expect(problems(facts([], { oids }))).to.deep.equal(['commit bbbbbbb has submodules, which paka does not deploy']);
  });

  it('is a service that the commit does not have', () => {
    const oids = new Map([...facts().oids].filter(([name]) => name !== `${NEW}:services/web`));
    expect(problems(facts([], { oids }))).to.deep.equal(['commit bbbbbbb has no services/web, where web should be']);
  });

  it('is something else where a link shall be', () => {
    const entries = new Map(facts().entries).set('README.md', { kind: 'file', target: '' });
    expect(problems(facts([], { entries }))).to.deep.equal([
      '/opt/shop/README.md would be replaced by what commit bbbbbbb has there',
    ]);
  });

  it('is a name that is not UTF-8', () => {
    const trees = new Map(facts().trees).set(NEW, ['latin\ufffd.txt', 'services']);
    expect(problems(facts([], { trees }))[0]).to.match(/has a name that is not UTF-8/);
  });

  it('is a directory that became a link before a service came to lie in it', () => {
    const path = 'packages/points';
    const [first] = target.services;
    const services = first ? [...target.services, { ...first, name: 'points', path }] : [];
    const oids = new Map([...facts().oids, [`${NEW}:${path}`, 'x'] as const]);
    const entries = new Map(facts().entries).set('packages', { kind: 'link', target: linkTarget('packages', RELEASE) });
    const [obstacle] = pathObstacles({ ...target, services }, facts([], { oids, entries }), NEW);
    expect(obstacle?.problem).to.equal(
      '/opt/shop/packages is one link, but a service lies in it now: it has to be a directory of links',
    );
    expect(obstacle?.fix).to.match(/\n {2}cd \/opt\/shop && to=\$\(readlink packages\) && rm packages/);
  });
});
