import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { inventoryJsonSchema } from '../../../src/lib/inventory/json-schema.js';
import { loadInventory } from '../../../src/lib/inventory/load.js';

const shipped = new URL('../../../services.json', import.meta.url);
const schema = new URL('../../../services.schema.json', import.meta.url);

describe('the services.json that comes with paka', () => {
  const inventory = loadInventory(fileURLToPath(shipped));

  it('holds the 19 services with their units and ports', () => {
    expect(inventory.services.map(({ name, unit, port, runtime }) => `${name} ${unit} ${port} ${runtime}`)).to.eql([
      'gateway pakashop-gateway.service 8000 node',
      'backend pakashop-backend.service 3080 node',
      'config pakashop-config.service 3085 node',
      'notifications pakashop-notifications.service 3090 node',
      'tracking pakashop-tracking.service 3120 node',
      'scheduler pakashop-scheduler.service 3004 node',
      'fraud pakashop-fraud.service 3006 node',
      'coupon pakashop-coupon.service 3008 node',
      'loyalty pakashop-loyalty.service 3010 node',
      'whatsapp pakashop-whatsapp.service 3009 node',
      'reports pakashop-reports.service 3011 node',
      'reconciliation pakashop-reconciliation.service 3012 node',
      'invoicing pakashop-invoicing.service 3013 node',
      'pricing pakashop-pricing.service 3014 node',
      'settlement pakashop-settlement.service 3016 node',
      'search pakashop-search.service 3005 go',
      'analytics pakashop-analytics.service 3007 go',
      'moderation pakashop-moderation.service 3110 python',
      'recommendations pakashop-recommendations.service 3100 python',
    ]);
  });

  it('restarts config first and the gateway last', () => {
    const others = inventory.services.filter(({ name }) => name !== 'config' && name !== 'gateway');
    const after = (name: string) => inventory.services.find((service) => service.name === name)!.after;
    expect(after('config')).to.eql([]);
    for (const { name } of others) expect(after(name), name).to.eql(['config']);
    expect(after('gateway')).to.have.members(['config', ...others.map(({ name }) => name)]);
  });

  it('names both environments with their branches and env files', () => {
    expect(inventory.environments.map(({ name, branch, envFile }) => [name, branch, envFile])).to.eql([
      ['staging', 'main', '.env.staging'],
      ['production', 'production', '.env.production'],
    ]);
  });

  it('has a JSON Schema that is up to date (npm run schema)', () => {
    expect(readFileSync(schema, 'utf8')).to.equal(inventoryJsonSchema());
  });

  it('has a JSON Schema whose patterns editors can use, which read them in Unicode mode', () => {
    const patterns = Array.from(readFileSync(schema, 'utf8').matchAll(/"pattern": (".*")/g), ([, pattern]) => pattern!);
    expect(patterns).to.have.length.greaterThan(20);
    for (const pattern of patterns) expect(() => new RegExp(JSON.parse(pattern) as string, 'u')).to.not.throw();
  });

  it('has a JSON Schema that refuses unknown keys and describes every known one', () => {
    const objects: Record<string, unknown>[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('properties' in value) objects.push(value);
      Object.values(value).forEach(collect);
    };
    const parsed: unknown = JSON.parse(readFileSync(schema, 'utf8'));
    collect(parsed);
    expect(objects).to.have.length(11);
    for (const { properties, additionalProperties, patternProperties } of objects) {
      expect(additionalProperties).to.equal(false);
      expect(patternProperties).to.eql({ '^x-': {} });
      for (const [key, property] of Object.entries(properties as object)) {
        expect(property, key).to.satisfy((entry: object) => 'description' in entry || 'properties' in entry);
      }
    }
  });
});
