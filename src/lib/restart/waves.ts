/** A service as far as the order of restarts goes. */
export interface Ordered {
  readonly name: string;
  readonly after: readonly string[];
}

/**
 * Returns the number of each service's wave: 0 for those that wait for nobody, else one more than the highest of those
 * they come after. `all` has no circles: the inventory was checked for them.
 */
export function waveNumbers(all: readonly Ordered[]): ReadonlyMap<string, number> {
  const byName = new Map(all.map((service) => [service.name, service]));
  const waves = new Map<string, number>();
  // With a stack of its own: a chain of services may be longer than the call stack is deep.
  for (const { name } of all) {
    const stack = [name];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = (byName.get(top)?.after ?? []).filter((other) => byName.has(other));
      const open = before.filter((other) => !waves.has(other));
      if (open.length > 0 && !waves.has(top)) {
        stack.push(...open);
      } else {
        waves.set(top, 1 + Math.max(-1, ...before.map((other) => waves.get(other) ?? 0)));
        stack.pop();
      }
    }
  }
  return waves;
}
