import { formatPath, type Finding, type Path } from '../fault.js';
import { quote } from '../quote.js';
import { placedServices, type InventoryDraft } from './draft-services.js';
import { repeated, type Use } from './repeated.js';

const PLACEHOLDER = '{name}';

/** Returns the unit of a service that has none of its own. */
export function unitFromTemplate(template: string, name: string): string {
  return template.replace(PLACEHOLDER, name);
}

/** Each service has a unit, and no unit is two things. */
export function* checkUnits(draft: InventoryDraft): Generator<Finding> {
  const template = draft.unit;
  const services = placedServices(draft);
  const derived = services.filter(({ service }) => !Object.hasOwn(service, 'unit'));
  if (template !== undefined && !template.includes(PLACEHOLDER) && derived.length > 0) {
    yield { path: ['unit'], message: `${quote(template)} has no {name} in it, so it names one unit only` };
  }
  const uses = services.flatMap(({ index, service, name }): Use[] => {
    const path: Path = ['services', index];
    if (service.unit !== undefined) return [{ path: [...path, 'unit'], value: service.unit, owner: path }];
    if (Object.hasOwn(service, 'unit') || name === undefined || !template?.includes(PLACEHOLDER)) return [];
    return [{ path, value: unitFromTemplate(template, name) }];
  });
  yield* repeated(uses);

  // Two dependencies may well share a unit: two databases of one Redis.
  const owners = new Map(uses.toReversed().map(({ value, owner, path }) => [value, owner ?? path]));
  for (const [index, dependency] of (draft.dependencies ?? []).entries()) {
    const owner = owners.get(dependency?.unit ?? '');
    if (dependency?.unit === undefined || owner === undefined) continue;
    yield {
      path: ['dependencies', index, 'unit'],
      message: `${quote(dependency.unit)} is used twice (also ${formatPath(owner)})`,
    };
  }
}
