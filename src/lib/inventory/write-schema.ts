import { writeFileSync } from 'node:fs';
import { inventoryJsonSchema } from './json-schema.js';

/** `npm run schema`: brings services.schema.json up to date. */
writeFileSync(new URL('../../../services.schema.json', import.meta.url), inventoryJsonSchema());
