import type { Finding } from '../fault.js';
import { hostsVariable } from '../host-variable.js';
import type { InventoryDraft } from './draft-services.js';
import { repeated, type Use } from './repeated.js';

/** Names and ports that may stand only once, and names that are taken. */
export function* checkNames(draft: InventoryDraft): Generator<Finding> {
  // Services and dependencies share one table of `paka status`, so they share the names.
  const names: Use[] = [];
  const ports: Use[] = [];
  for (const [index, service] of (draft.services ?? []).entries()) {
    const owner = ['services', index];
    if (service?.name !== undefined) names.push({ path: [...owner, 'name'], value: service.name, owner });
    if (service?.port !== undefined) ports.push({ path: [...owner, 'port'], value: service.port, owner });
  }
  for (const [index, dependency] of (draft.dependencies ?? []).entries()) {
    const owner = ['dependencies', index];
    if (dependency?.name !== undefined) names.push({ path: [...owner, 'name'], value: dependency.name, owner });
  }
  yield* repeated(names);
  yield* repeated(ports);

  for (const [name, environment] of Object.entries(draft.environments ?? {})) {
    if (hostsVariable(name) === 'PAKA_KNOWN_HOSTS') {
      yield {
        path: ['environments', name],
        message: `is a name in use: PAKA_KNOWN_HOSTS has another meaning`,
      };
    }
    const endpoints = (environment?.endpoints ?? []).flatMap((endpoint, index): Use[] => {
      if (endpoint?.name === undefined) return [];
      return [{ path: ['environments', name, 'endpoints', index, 'name'], value: endpoint.name }];
    });
    yield* repeated(endpoints);
  }
}
