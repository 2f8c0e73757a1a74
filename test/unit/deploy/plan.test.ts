import { expect } from 'chai';
import { isEmpty, planDeploy, type HostPlan } from '../../../src/lib/deploy/plan.js';
import type { DeployFacts } from '../../../src/lib/deploy/facts.js';
import { switchItems } from '../../../src/lib/deploy/steps.js';
import { facts, NEW, OLD, RELEASE, RUN, target } from './sample.js';

function plan(of: DeployFacts, commit = NEW, hookService?: string): HostPlan {
  return planDeploy(target, of, { id: RUN, commit, hookService });
}
const names = ({ services }: HostPlan): string[] => services.map(({ service }) => service.name);

describe('the plan of a deploy', () => {
  it('is empty where the commit runs already', () => {
    expect(isEmpty(plan(facts(), OLD))).to.equal(true);
  });

  it('touches the services whose path changed, and no other', () => {
    const made = plan(facts(['services/search']));
    expect(names(made)).to.deep.equal(['search']);
    expect(made.services[0]).to.include({ was: RELEASE, now: RUN, builds: true });
    expect(made.services[0]?.why).to.deep.equal(['services/search']);
    expect(made.unchanged).to.deep.equal(['gateway', 'backend', 'web']);
    expect(made.after).to.include({ search: RUN, backend: RELEASE });
    expect(made.before).to.include({ search: RELEASE });
  });

  it('reaches the services that use a path', () => {
    expect(names(plan(facts(['packages/common'])))).to.deep.equal(['backend']);
  });

  it('makes a release and restarts nothing where only documents changed', () => {
    const made = plan(facts());
    expect(names(made)).to.deep.equal([]);
    expect(made.release).to.deep.equal({ v: 1, id: RUN, commit: NEW, built: {} });
    expect(made.links.map(({ path }) => path)).to.deep.equal(['README.md', 'packages']);
    expect(isEmpty(made)).to.equal(false);
  });

  it('builds anew where the runtime is another one', () => {
    const node = new Map([...facts().runtimes, ['node', 'v22.1.0']]);
    const made = plan(facts([], { runtimes: node }), OLD);
    expect(names(made)).to.have.members(['gateway', 'backend']);
    expect(made.services[0]?.why).to.deep.equal(['v20.20.2 is now v22.1.0']);
  });

  it('builds anew where the recipe is another one', () => {
    const services = target.services.map((one) => (one.name === 'web' ? { ...one, build: ['make'] } : one));
    const made = planDeploy({ ...target, services }, facts(), { id: RUN, commit: OLD, hookService: undefined });
    expect(made.services.map(({ service, why }) => [service.name, why])).to.deep.equal([['web', ['its build']]]);
  });

  it('restarts, without building, what runs another release than its link leads to', () => {
    const elsewhere = '/opt/shop/.paka/releases/20261120T000000Z-ccccccc/services/web';
    const made = plan(facts([], { workingDirectories: new Map([['shop-web.service', elsewhere]]) }), OLD);
    expect(made.services.map(({ service, builds, now }) => [service.name, builds, now])).to.deep.equal([
      ['web', false, RELEASE],
    ]);
    expect(made.release).to.equal(undefined);
  });

  it('puts services in the order of their waves, and all other links after them', () => {
    const items = switchItems(plan(facts(['services/gateway', 'services/backend', 'services/search'])));
    expect(items.map(({ name, wave }) => [name, wave])).to.deep.equal([
      ['backend', 0],
      ['search', 0],
      ['gateway', 1],
      ['README.md', 2],
      ['packages', 2],
    ]);
    expect(items[0]?.link).to.deep.equal({
      path: 'services/backend',
      target: `../.paka/releases/${RUN}/services/backend`,
    });
  });

  it('takes node_modules over where the lock file is the same, and installs where it is not', () => {
    const builds = (of: DeployFacts): (string | undefined)[] =>
      plan(of)
        .builds.filter(({ name }) => name === 'backend')
        .map(({ reuse }) => reuse);
    expect(builds(facts(['services/backend']))).to.deep.equal([`.paka/releases/${RELEASE}/services/backend`]);
    expect(builds(facts(['services/backend', 'services/backend/package-lock.json']))).to.deep.equal([undefined]);
  });

  it('installs anew where the build goes on after its install, or the install runs scripts of its own', () => {
    const reuse = (scripts: string): (string | undefined)[] => {
      const manifests = new Map([['services/backend/package.json', `{"scripts": {${scripts}}}`]]);
      return plan(facts(['services/backend'], { manifests })).builds.map((build) => build.reuse);
    };
    expect(reuse('"start": "node ."')).to.deep.equal([`.paka/releases/${RELEASE}/services/backend`]);
    expect(reuse('"build": "tsc"')).to.deep.equal([undefined]);
    expect(reuse('"postinstall": "prisma generate"')).to.deep.equal([undefined]);
  });

  it('takes a link away where the commit has the entry no more, and adds one where it is new', () => {
    const trees = new Map(facts().trees).set(NEW, ['CHANGES.md', 'packages', 'services']);
    expect(plan(facts([], { trees })).links).to.deep.include.members([
      { path: 'CHANGES.md', target: `.paka/releases/${RUN}/CHANGES.md` },
      { path: 'README.md', target: undefined },
    ]);
  });

  it('makes a plain checkout into a release first, of which unchanged services then run', () => {
    const made = plan(facts(['services/search'], { adopted: false, releases: new Map() }));
    expect(made.adopt).to.include({ id: '20261124T055959Z-aaaaaaa', commit: OLD });
    expect(names(made)).to.deep.equal(['search']);
    expect(made.before['backend']).to.equal(made.adopt?.id);
    expect(made.rootBefore).to.equal(made.adopt?.id);
  });

  it('goes on with the id of an adoption that was killed', () => {
    const host = { ...facts().host, adopting: '20261101T000000Z-aaaaaaa' };
    expect(plan(facts([], { adopted: false, host })).adopt?.id).to.equal('20261101T000000Z-aaaaaaa');
  });

  it('builds the service of the hook without flipping it, and only where something is switched', () => {
    const made = plan(facts(['services/search']), NEW, 'backend');
    expect(names(made)).to.deep.equal(['search']);
    expect(Object.keys(made.release?.built ?? {})).to.have.members(['search', 'backend']);
    expect(plan(facts(), NEW, 'backend').builds).to.deep.equal([]);
  });

  it('leaves the link of a service that the inventory does not have any more', () => {
    const fewer = { ...target, services: target.services.filter(({ name }) => name !== 'web') };
    const made = planDeploy(fewer, facts(['services/search']), { id: RUN, commit: NEW, hookService: undefined });
    expect(made.links.map(({ path }) => path)).to.deep.equal(['README.md', 'packages']);
    expect(made.notes).to.deep.equal(['services/web is no service of services.json any more: its link stays as it is']);
  });
});
