import { expect } from 'chai';
import { UsageError } from '../../../src/lib/errors.js';
import { applyHostOverrides } from '../../../src/lib/inventory/host-overrides.js';
import { parseInventory } from '../../../src/lib/inventory/load.js';
import { exampleText } from './example.js';

const inventory = parseInventory(
  exampleText({ 'environments.eu-west': { branch: 'main', hosts: ['eu1'], envFile: '.env.eu' } }),
  'services.json',
);

const hosts = (env: Record<string, string>): Record<string, readonly string[]> =>
  Object.fromEntries(applyHostOverrides(inventory, env).environments.map(({ name, hosts }) => [name, hosts]));

const own = { staging: ['web0'], production: ['web1', 'deploy@web2', 'deploy@2001:db8::1'], 'eu-west': ['eu1'] };

describe('hosts from the environment', () => {
  it('replace those of the inventory, which stays as it is', () => {
    const env = { PAKA_STAGING_HOSTS: 'ci@10.0.0.1, 2001:db8::5 ,,', PAKA_EU_WEST_HOSTS: 'web9' };
    expect(hosts(env)).to.eql({ ...own, staging: ['ci@10.0.0.1', '2001:db8::5'], 'eu-west': ['web9'] });
    expect(inventory.environments[0]?.hosts).to.eql(['web0']);
  });

  it('are frozen like the rest', () => {
    const [staging] = applyHostOverrides(inventory, { PAKA_STAGING_HOSTS: 'web9' }).environments;
    expect(staging).to.be.frozen;
    expect(staging?.hosts).to.be.frozen;
  });

  it('are not there where the variable is empty, as one made of a missing secret is', () => {
    expect(hosts({ PAKA_STAGING_HOSTS: '', PAKA_PRODUCTION_HOSTS: ' , ' })).to.eql(own);
  });

  it('are held to the rules of the file, all at once', () => {
    const env = { PAKA_STAGING_HOSTS: '-oX, a b, web1', PAKA_PRODUCTION_HOSTS: 'web1,x@web1' };
    expect(() => hosts(env))
      .to.throw(
        UsageError,
        [
          'PAKA_STAGING_HOSTS: "-oX" is not a host: name, address or user@host (ports go in the ssh config)',
          'PAKA_STAGING_HOSTS: "a b" is not a host: name, address or user@host (ports go in the ssh config)',
          'PAKA_PRODUCTION_HOSTS[0]: "web1" is used twice (also PAKA_STAGING_HOSTS[2])',
          'PAKA_PRODUCTION_HOSTS[1]: "x@web1" is used twice (also PAKA_STAGING_HOSTS[2])',
        ].join('\n'),
      )
      .that.includes({ exitCode: 2 });
  });

  it('may not be hosts that the file gives to another environment', () => {
    expect(() => hosts({ PAKA_EU_WEST_HOSTS: 'web0' })).to.throw(
      UsageError,
      'PAKA_EU_WEST_HOSTS[0]: "web0" is used twice (also environments.staging.hosts[0])',
    );
  });

  it('are asked for where a variable is all but that of an environment', () => {
    expect(() => hosts({ PAKA_PROD_HOSTS: 'web9', PAKA_EUWEST_HOSTS: 'web8' })).to.throw(
      UsageError,
      [
        'PAKA_PROD_HOSTS belongs to no environment; did you mean "PAKA_PRODUCTION_HOSTS"?',
        'PAKA_EUWEST_HOSTS belongs to no environment; did you mean "PAKA_EU_WEST_HOSTS"?',
      ].join('\n'),
    );
  });

  it('may belong to another inventory', () => {
    expect(hosts({ PAKA_QUALITY_HOSTS: 'web9', PAKA_KNOWN_HOSTS: 'web1 ssh-ed25519 AAAA' })).to.eql(own);
  });
});
