import { expect } from 'chai';
import { UsageError } from '../../../src/lib/errors.js';
import { defaultEnvironment, environmentOfThisHost } from '../../../src/lib/inventory/default-environment.js';
import { parseInventory } from '../../../src/lib/inventory/load.js';
import { selectEnvironment, selectServices } from '../../../src/lib/inventory/select.js';
import { exampleText } from './example.js';

const inventory = parseInventory(
  exampleText({
    'services[3]': { name: 'web', port: 4000, runtime: 'node' },
    'services[4]': { name: 'backup', port: 4001, runtime: 'node' },
  }),
  'services.json',
);

describe('selecting an environment', () => {
  it('finds it by its name', () => {
    expect(selectEnvironment(inventory, 'staging')).to.equal(inventory.environments[0]);
  });

  it('suggests one for a name that is unknown, and lists all', () => {
    expect(() => selectEnvironment(inventory, 'prod'))
      .to.throw(UsageError, '"prod" is not an environment; did you mean "production"?')
      .that.includes({ hint: 'environments: staging, production', exitCode: 2 });
  });
});

describe('selecting services', () => {
  const select = (...names: string[]): string[] => selectServices(inventory, names).map(({ name }) => name);

  it('finds them by name, each once, in the order asked for', () => {
    expect(select('web-ui', 'config', 'web-ui')).to.eql(['web-ui', 'config']);
    expect(select()).to.eql([]);
  });

  it('takes the beginning of a name that fits one service only', () => {
    expect(select('c', 'web-')).to.eql(['config', 'web-ui']);
  });

  it('takes the exact name, though it is the beginning of another', () => {
    expect(select('web')).to.eql(['web']);
  });

  it('asks for more of a name that fits several', () => {
    expect(() => select('back')).to.throw(UsageError, '"back" may be backend, backup: write more of it');
  });

  it('tells everything that is wrong with the names at once', () => {
    expect(() => select('confg', 'b', 'zzz', '', 'web'))
      .to.throw(
        UsageError,
        [
          '"confg" is not a service; did you mean "config"?',
          '"b" may be backend, backup: write more of it',
          '"zzz" is not a service',
          '"" is not a service',
        ].join('\n'),
      )
      .that.includes({ hint: 'services: config, backend, web-ui, web, backup' });
  });
});

describe('the default environment', () => {
  const choose = (argument: string | undefined, env: Record<string, string>, ...files: string[]) => {
    const chosen = defaultEnvironment(inventory, { argument, env, fileExists: (path) => files.includes(path) });
    return chosen && `${chosen.environment.name} by ${chosen.from}`;
  };

  it('is the one that was named', () => {
    expect(choose('staging', { PAKA_ENV: 'production' }, '/opt/shop/.env.production')).to.equal('staging by argument');
  });

  it('else that of PAKA_ENV', () => {
    expect(choose(undefined, { PAKA_ENV: 'staging' }, '/opt/shop/.env.production')).to.equal('staging by variable');
  });

  it('else that of the host, which has its env file', () => {
    expect(choose(undefined, { PAKA_ENV: '' }, '/opt/shop/.env.production')).to.equal('production by host');
  });

  it('else none', () => {
    expect(choose(undefined, {})).to.equal(undefined);
    expect(choose(undefined, {}, '/opt/shop/.env.staging', '/opt/shop/.env.production')).to.equal(undefined);
  });

  it('says where an unknown name came from', () => {
    expect(() => choose(undefined, { PAKA_ENV: 'stagin' })).to.throw(
      UsageError,
      'PAKA_ENV: "stagin" is not an environment; did you mean "staging"?',
    );
    expect(() => choose('', {})).to.throw(UsageError, '"" is not an environment');
  });

  it('of a host is known whatever is named', () => {
    const fileExists = (path: string) => path === '/opt/shop/.env.staging';
    expect(environmentOfThisHost(inventory, fileExists)?.name).to.equal('staging');
  });
});
