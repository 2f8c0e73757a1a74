import { formatPath, type Finding, type Path } from '../fault.js';
import { quote } from '../quote.js';
import { placedServices, type InventoryDraft } from './draft-services.js';
import { repeated, repeatedInList, type Use } from './repeated.js';

/** Returns the directory of a service that names none. */
export function defaultPath(name: string): string {
  return `services/${name}`;
}

/** Each service's directory is replaced as a whole by a release, so it can hold neither another one nor an env file. */
export function* checkPaths(draft: InventoryDraft): Generator<Finding> {
  const services = placedServices(draft);
  const uses = services.flatMap(({ index, service, name }): Use[] => {
    const path: Path = ['services', index];
    if (service.path !== undefined) return [{ path: [...path, 'path'], value: service.path }];
    if (Object.hasOwn(service, 'path') || name === undefined) return [];
    return [{ path, value: defaultPath(name) }];
  });
  yield* repeated(uses);
  yield* nested(uses, uses);

  for (const { index, service } of services) {
    yield* repeatedInList(service.uses, ['services', index, 'uses']);
    const shared = (service.shared ?? []).flatMap((value, position): Use[] => {
      return value === undefined ? [] : [{ path: ['services', index, 'shared', position], value }];
    });
    yield* repeated(shared);
    yield* nested(shared, shared);
  }

  const envFiles = Object.entries(draft.environments ?? {}).flatMap(([name, environment]): Use[] => {
    return environment?.envFile === undefined
      ? []
      : [{ path: ['environments', name, 'envFile'], value: environment.envFile }];
  });
  yield* nested(envFiles, uses);
}

/** Yields a finding for each of `inner` that lies below one of `outer`. */
function* nested(inner: readonly Use[], outer: readonly Use[]): Generator<Finding> {
  // Reversed, so that the first of equal ones stays.
  const holders = new Map(outer.toReversed().map(({ value, path }) => [value, path]));
  for (const { value, path } of inner) {
    const segments = String(value).split('/');
    const depths = segments.map((_, depth) => depth).slice(1);
    const holder = depths.map((depth) => segments.slice(0, depth).join('/')).find((parent) => holders.has(parent));
    if (holder === undefined) continue;
    yield { path, message: `${quote(value)} lies inside ${quote(holder)} (${formatPath(holders.get(holder) ?? [])})` };
  }
}
