import * as v from 'valibot';
import { UsageError } from '../errors.js';
import { didYouMean, suggest } from '../suggest.js';
import { repeatedHosts, type HostList } from './checks/hosts.js';
import { formatFault, formatPath } from './fault.js';
import { hostsVariable } from './host-variable.js';
import type { Inventory } from './inventory.js';
import { quote } from './quote.js';
import { deepFreeze } from './resolve.js';
import { hostSchema } from './schema.js';

/**
 * Returns the inventory with the hosts of `PAKA_<ENVIRONMENT>_HOSTS` (separated by commas) in place of its own. An empty
 * variable counts as not set: that is how a CI job passes a secret it does not have. Throws UsageError with every
 * fault of the variables.
 */
export function applyHostOverrides(inventory: Inventory, env: Readonly<Record<string, string | undefined>>): Inventory {
  const lists = inventory.environments.map(({ name, hosts }): HostList & { readonly hosts: readonly string[] } => {
    const variable = hostsVariable(name);
    const given = (env[variable] ?? '').split(',').map((host) => host.trim());
    const replacement = given.filter((host) => host !== '');
    return replacement.length > 0
      ? { path: [variable], hosts: replacement }
      : { path: ['environments', name, 'hosts'], hosts };
  });

  const faults = [...misspelledVariables(inventory, env)];
  for (const { path, hosts } of lists) {
    for (const host of hosts) {
      const [issue] = v.safeParse(hostSchema, host).issues ?? [];
      if (issue)
        faults.push(formatFault({ path: formatPath(path), message: `${quote(host)} is not ${issue.message}` }));
    }
  }
  for (const { path, message } of repeatedHosts(lists)) faults.push(formatFault({ path: formatPath(path), message }));
  if (faults.length > 0) throw new UsageError(faults.join('\n'));

  const environments = inventory.environments.map((environment, index) => {
    return { ...environment, hosts: lists[index]?.hosts ?? environment.hosts };
  });
  return deepFreeze({ ...inventory, environments });
}

/** A misspelled variable would leave the hosts of the file in force. One that is like none may be another inventory's. */
function* misspelledVariables(inventory: Inventory, env: Readonly<Record<string, unknown>>): Generator<string> {
  const known = inventory.environments.map(({ name }) => hostsVariable(name));
  for (const variable of Object.keys(env)) {
    if (!/^PAKA_\w+_HOSTS$/.test(variable) || variable === 'PAKA_KNOWN_HOSTS' || known.includes(variable)) continue;
    const part = (full: string): string => full.slice('PAKA_'.length, -'_HOSTS'.length);
    const meant = suggest(part(variable), known.map(part));
    if (meant !== undefined) yield `${variable} belongs to no environment${didYouMean(`PAKA_${meant}_HOSTS`)}`;
  }
}
