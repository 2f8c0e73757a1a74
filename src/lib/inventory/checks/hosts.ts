import type { Finding, Path } from '../fault.js';
import type { InventoryDraft } from './draft-services.js';
import { repeated } from './repeated.js';

export interface HostList {
  readonly path: Path;
  readonly hosts: readonly (string | undefined)[];
}

/** A host serves one environment: root holds one checkout, which is on one branch. */
export function checkHosts(draft: InventoryDraft): Generator<Finding> {
  return repeatedHosts(
    Object.entries(draft.environments ?? {}).map(([name, environment]) => ({
      path: ['environments', name, 'hosts'],
      hosts: environment?.hosts ?? [],
    })),
  );
}

/** Yields a finding for each host that is in the lists again, be it under another user. */
export function repeatedHosts(lists: readonly HostList[]): Generator<Finding> {
  return repeated(
    lists.flatMap(({ path, hosts }) =>
      hosts.flatMap((host, index) => {
        if (host === undefined) return [];
        return { path: [...path, index], value: host.slice(host.lastIndexOf('@') + 1), shown: host };
      }),
    ),
  );
}
