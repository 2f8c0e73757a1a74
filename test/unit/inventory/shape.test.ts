import { expect } from 'chai';
import { exampleText, faultsAfter, faultsOf, REMOVED } from './example.js';

describe('the shape of an inventory', () => {
  it('names every key that is missing', () => {
    expect(faultsOf('{}')).to.eql([
      '"name" is missing',
      '"root" is missing',
      '"user" is missing',
      '"unit" is missing',
      '"repository" is missing',
      '"environments" is missing',
      '"services" is missing',
    ]);
    expect(faultsAfter({ 'services[0].port': REMOVED })).to.eql(['services[0]: "port" is missing']);
  });

  it('refuses unknown keys at every level and says which was meant', () => {
    expect(
      faultsAfter({
        enviroments: {},
        'environments.staging.endpoint': [],
        'environments.production.endpoints[0].timeout': 5,
        'services[0].helth': 5,
        'services[0].Titel': 'Config',
        'dependencies[0].prot': 80,
        'deploy.hooks.afterSwitch': {},
        'backup.keep.hourly': 1,
      }),
    ).to.have.members([
      '"enviroments" is not a known key',
      'environments.staging: "endpoint" is not a known key; did you mean "endpoints"?',
      'environments.production.endpoints[0]: "timeout" is not a known key',
      'services[0]: "helth" is not a known key',
      'services[0]: "Titel" is not a known key; did you mean "title"?',
      'dependencies[0]: "prot" is not a known key',
      'deploy.hooks: "afterSwitch" is not a known key',
      'backup.keep: "hourly" is not a known key',
    ]);
  });

  it('does not call a key missing that was only mistyped', () => {
    expect(
      faultsAfter({
        'services[0].prot': 3000,
        'services[0].port': REMOVED,
        'dependencies[0].unti': 'nginx.service',
        'dependencies[0].unit': REMOVED,
      }),
    ).to.eql([
      'services[0]: "prot" is not a known key; did you mean "port"?',
      'dependencies[0]: "unti" is not a known key; did you mean "unit"?',
    ]);
  });

  it('lets keys that begin with x- hold anything', () => {
    expect(faultsAfter({ 'x-a': [{ port: 'none' }], 'environments.staging.x-b': null, 'deploy.hooks.x-c': 1 })).to.eql(
      [],
    );
  });

  it('takes the names that every object inherits for what they are', () => {
    const text = exampleText({ 'services[0].constructor': 1, 'services[0].toString': 1 });
    expect(faultsOf(text.replace('"x-note"', '"__proto__": { "polluted": true }, "x-note"'))).to.eql([
      'services[0]: "constructor" is not a known key',
      'services[0]: "toString" is not a known key',
      '"__proto__" is not a known key',
    ]);
    expect({}).to.not.have.property('polluted');
  });

  it('allows environments that are called like them', () => {
    expect(
      faultsAfter({
        'environments.prototype': { branch: 'next', hosts: ['web9'], envFile: '.env.next' },
        'environments.constructor': { branch: 'next', hosts: ['web8'] },
      }),
    ).to.eql(['environments.constructor: "envFile" is missing']);
    const text = exampleText().replace('"staging":', '"__proto__":');
    expect(faultsOf(text)).to.eql([
      'environments: "__proto__" is not a name (a-z, 0-9 and "-", beginning with a letter)',
    ]);
  });

  it('refuses a key that is written twice, also with different escapes', () => {
    const text = exampleText()
      .replace('"port": 3000', '"port": 3000, "port": 3009')
      .replace('"user":', '"us\\u0065r": "root", "user":')
      .replace('"production":', '"staging": 5, "production":');
    expect(faultsOf(text)).to.eql([
      'the key "user" is written twice',
      'environments: the key "staging" is written twice',
      'services[0]: the key "port" is written twice',
    ]);
  });

  const wrongKinds: [what: string, value: unknown, fault: string][] = [
    ['services', {}, 'services: an object is not a list of services'],
    ['services', [], 'services: is empty: describe one service at least'],
    ['environments', [], 'environments: a list is not an object that holds environments by name'],
    ['environments', {}, 'environments: is empty: describe one environment at least'],
    ['environments', null, 'environments: null is not an object that holds environments by name'],
    ['name', {}, 'name: an object is not a name (a-z, 0-9 and "-", beginning with a letter)'],
    ['dependencies', 'redis', 'dependencies: "redis" is not a list of dependencies'],
    ['deploy', true, 'deploy: true is not an object with hooks'],
    ['backup', [], 'backup: a list is not an object with database, to and keep'],
  ];
  for (const [key, value, fault] of wrongKinds) {
    it(`refuses ${JSON.stringify(value)} as ${key}`, () => {
      // The hooks refer to services.
      expect(faultsAfter({ [key]: value, ...(key === 'services' && { deploy: REMOVED }) })).to.eql([fault]);
    });
  }

  it('refuses a service that is no object', () => {
    const noun = 'a service: an object with name, port and runtime';
    expect(faultsAfter({ 'services[3]': 'backend', 'services[4]': [], 'services[5]': null, 'services[6]': 5 })).to.eql([
      `services[3]: "backend" is not ${noun}`,
      `services[4]: a list is not ${noun}`,
      `services[5]: null is not ${noun}`,
      `services[6]: 5 is not ${noun}`,
    ]);
  });

  for (const text of ['5', '"services"', 'null', 'true', '[]']) {
    it(`refuses a file that holds ${text}`, () => {
      expect(faultsOf(text)).to.have.length(1);
      expect(faultsOf(text)[0]).to.match(/ is not an inventory: an object with name, services and so on$/);
    });
  }
});
