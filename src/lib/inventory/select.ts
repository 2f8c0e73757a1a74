import { UsageError } from '../errors.js';
import { didYouMean, suggest } from '../suggest.js';
import type { Environment, Inventory, Service } from './inventory.js';
import { quote } from './quote.js';

/** Returns the environment of that name. Throws UsageError where there is none; `from` says where the name stood. */
export function selectEnvironment(inventory: Inventory, name: string, from?: string): Environment {
  const environment = inventory.environments.find((candidate) => candidate.name === name);
  if (environment !== undefined) return environment;
  const known = inventory.environments.map((candidate) => candidate.name);
  throw new UsageError(
    `${from === undefined ? '' : `${from}: `}${quote(name)} is not an environment${didYouMean(suggest(name, known))}`,
    {
      hint: `environments: ${known.join(', ')}`,
    },
  );
}

/**
 * Returns the services of those names, each once, in the order of the names. The beginning of a name will do where it
 * fits one service only. Throws UsageError with everything that is wrong with the names.
 */
export function selectServices(inventory: Inventory, names: readonly string[]): Service[] {
  const selected = new Set<Service>();
  const faults: string[] = [];
  const known = inventory.services.map(({ name }) => name);
  for (const name of names) {
    const exact = inventory.services.filter((service) => service.name === name);
    const beginning = inventory.services.filter((service) => name !== '' && service.name.startsWith(name));
    const [service, another] = exact.length > 0 ? exact : beginning;
    if (service === undefined) {
      faults.push(`${quote(name)} is not a service${didYouMean(suggest(name, known))}`);
    } else if (another !== undefined) {
      faults.push(`${quote(name)} may be ${beginning.map((candidate) => candidate.name).join(', ')}: write more of it`);
    } else {
      selected.add(service);
    }
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'), { hint: `services: ${known.join(', ')}` });
  return [...selected];
}
