import type { Finding } from '../fault.js';
import { quote } from '../quote.js';
import { didYouMean, suggest } from '../../suggest.js';
import { placedServices, type InventoryDraft, type PlacedService } from './draft-services.js';
import { repeatedInList } from './repeated.js';

/** A longer cycle is shown by its first services only. */
const LONGEST_SHOWN = 8;

/** What refers to services by name: `after` and the hooks. */
export function* checkOrder(draft: InventoryDraft): Generator<Finding> {
  const services = placedServices(draft);
  yield* checkReferences(draft, services);
  for (const { index, service } of services) yield* repeatedInList(service.after, ['services', index, 'after']);
  yield* checkCycles(services);
}

function* checkReferences(draft: InventoryDraft, services: readonly PlacedService[]): Generator<Finding> {
  const names = new Set((draft.services ?? []).map((service) => service?.name));
  // A reference may mean the very service whose name is at fault.
  if (draft.services === undefined || names.has(undefined)) return;
  const known = [...names].filter((name) => name !== undefined);
  const unknown = (name: string): string => `${quote(name)} is not a service here${didYouMean(suggest(name, known))}`;

  for (const { index, service } of services) {
    for (const [position, name] of (service.after ?? []).entries()) {
      if (name === undefined || names.has(name)) continue;
      yield { path: ['services', index, 'after', position], message: unknown(name) };
    }
  }
  for (const [hook, value] of Object.entries(draft.deploy?.hooks ?? {})) {
    if (value?.service === undefined || names.has(value.service)) continue;
    yield { path: ['deploy', 'hooks', hook, 'service'], message: unknown(value.service) };
  }
}

/** A service on the way of the search, with those it waits for that are still to be followed. */
interface Step {
  readonly name: string;
  readonly pending: string[];
}

/**
 * Yields each cycle that a depth-first search closes, once. The search keeps its own stack, as a chain of services in
 * a file can be longer than the call stack is deep.
 */
function* checkCycles(services: readonly PlacedService[]): Generator<Finding> {
  const byName = new Map<string, PlacedService>();
  for (const placed of services) if (placed.name !== undefined) byName.set(placed.name, placed);

  const trail: Step[] = [];
  const depths = new Map<string, number>();
  const finished = new Set<string>();
  const enter = (name: string): void => {
    const after = [...new Set(byName.get(name)?.service.after ?? [])].filter((other) => other !== undefined);
    depths.set(name, trail.length);
    trail.push({ name, pending: after.filter((other) => byName.has(other)).reverse() });
  };

  for (const start of byName.keys()) {
    if (!finished.has(start)) enter(start);
    for (let step = trail.at(-1); step !== undefined; step = trail.at(-1)) {
      const name = step.pending.pop();
      const depth = depths.get(name ?? '');
      if (name === undefined) {
        trail.pop();
        depths.delete(step.name);
        finished.add(step.name);
      } else if (depth !== undefined) {
        yield { path: ['services', byName.get(name)?.index ?? 0, 'after'], message: describeCycle(trail, depth) };
      } else if (!finished.has(name)) {
        enter(name);
      }
    }
  }
}

function describeCycle(trail: readonly Step[], from: number): string {
  const names = trail.slice(from, from + LONGEST_SHOWN).map(({ name }) => name);
  const length = trail.length - from;
  const rest = length > LONGEST_SHOWN ? [`(${length - LONGEST_SHOWN} more)`] : [];
  return `goes in a circle: ${[...names, ...rest, names[0] ?? ''].join(' -> ')}`;
}
