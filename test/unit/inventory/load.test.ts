import { expect } from 'chai';
import * as v from 'valibot';
import { parseInventory } from '../../../src/lib/inventory/load.js';
import { inventorySchema } from '../../../src/lib/inventory/schema.js';
import { readShape } from '../../../src/lib/inventory/shape.js';
import { parseSyntax } from '../../../src/lib/inventory/syntax.js';
import { example, exampleText, refusal, REMOVED } from './example.js';

describe('a sound inventory', () => {
  const inventory = parseInventory(exampleText(), 'services.json');

  it('has every default filled in', () => {
    expect(inventory.services[0]).to.eql({
      name: 'config',
      title: 'config',
      unit: 'shop-config.service',
      port: 3000,
      runtime: 'go',
      path: 'services/config',
      uses: [],
      build: undefined,
      health: '/health?deep=1',
      after: [],
      shared: [],
      startSeconds: 30,
    });
    expect(inventory.environments[0]?.endpoints).to.eql([]);
    expect(inventory.backup?.keep).to.eql({ last: 3, daily: 7, weekly: 0, monthly: 0 });
  });

  it('keeps what the file says', () => {
    expect(inventory.services[1]).to.eql(example().services[1]);
    expect(inventory.deploy).to.eql(example().deploy);
    expect(inventory.dependencies[1]).to.eql({ ...example().dependencies[1], health: undefined });
    expect(inventory.environments[1]).to.eql({ name: 'production', ...example().environments.production });
  });

  it('may leave out everything that is optional', () => {
    const { name, root, user, unit, repository, environments } = example();
    const services = [{ name: 'a', port: 1, runtime: 'node' }];
    const text = JSON.stringify({ name, root, user, unit, repository, environments, services });
    const { dependencies, deploy, backup } = parseInventory(text, 'services.json');
    expect({ dependencies, deploy, backup }).to.eql({
      dependencies: [],
      deploy: { hooks: { beforeSwitch: undefined, afterDeploy: undefined } },
      backup: undefined,
    });
  });

  it('is frozen through and through', () => {
    const open: unknown[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(value);
      Object.values(value).forEach(visit);
    };
    visit(inventory);
    expect(open).to.eql([]);
  });

  it('does not share its lists with the next inventory that is loaded', () => {
    const again = parseInventory(exampleText(), 'services.json');
    expect(again).to.eql(inventory);
    expect(again.services[1]?.after).to.not.equal(inventory.services[1]?.after);
  });

  it('is read just as the schema itself would read it', () => {
    const { value } = readShape(inventorySchema, parseSyntax(exampleText(), 'services.json'));
    expect(value).to.eql(v.parse(inventorySchema, example()));
  });
});

describe('an inventory with faults', () => {
  it('is refused with every fault at once, each with its path and line', () => {
    const error = refusal(
      exampleText({
        'services[1].port': 80800,
        'services[2].prot': 3000,
        'services[2].port': REMOVED,
        'services[0].after': ['backend', 'bakend'],
        'environments.staging.hosts': [],
      }),
    );
    expect(error.exitCode).to.equal(2);
    expect(error.file).to.equal('services.json');
    expect(error.message).to.equal(
      [
        'services.json has 5 faults:',
        '  line 11: environments.staging.hosts: is empty: name one host at least',
        '  line 37: services[0].after: goes in a circle: config -> backend -> config',
        '  line 39: services[0].after[1]: "bakend" is not a service here; did you mean "backend"?',
        '  line 46: services[1].port: 80800 is not a port (1-65535)',
        '  line 77: services[2]: "prot" is not a known key; did you mean "port"?',
      ].join('\n'),
    );
    expect(error.faults[3]).to.eql({ path: 'services[1].port', message: '80800 is not a port (1-65535)', line: 46 });
  });

  it('shows the first 50 of very many faults, and keeps all as data', () => {
    const error = refusal(exampleText({ services: Array.from({ length: 80 }, () => ({})) }));
    expect(error.faults.length).to.equal(240);
    const lines = error.message.split('\n');
    expect(lines).to.have.length(52);
    expect(lines.at(-1)).to.equal(`  and 190 more`);
  });

  it('reads in lines of 80 columns or little more', () => {
    const error = refusal(
      exampleText({
        'services[0].port': '80',
        'services[0].health': 'x',
        'services[1].runtime': 'nodejs',
        'services[2].unit': 'web ui',
        'environments.staging.branch': 'a..b',
        'backup.to': 'backups',
      }),
    );
    for (const line of error.message.split('\n')) expect(line.length, line).to.be.lessThan(110);
  });
});
