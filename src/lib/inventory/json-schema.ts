import { toJsonSchema } from '@valibot/to-json-schema';
import { inventorySchema } from './schema.js';

/** Returns the text of services.schema.json. Needs a development dependency, so nothing that users run imports it. */
export function inventoryJsonSchema(): string {
  const schema = toJsonSchema(inventorySchema, {
    typeMode: 'input',
    // Checks written as code have no counterpart in JSON Schema; each stands behind a pattern that has.
    ignoreActions: ['check'],
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      valibotSchema.type === 'object'
        ? { ...jsonSchema, additionalProperties: false, patternProperties: { '^x-': {} } }
        : undefined,
  });
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Inventory of paka', ...schema }, undefined, 2)}\n`;
}
