import { expect } from 'chai';
import { InventoryError } from '../../../src/lib/inventory/error.js';
import { parseInventory } from '../../../src/lib/inventory/load.js';
import { example } from './example.js';
import { random } from './random.js';

const ROUNDS = 2000;

const oddValues = [
  null, true, 0, -1, 1.5, 1e308, 80800, '', ' ', '/', '.', '..', '-', '$', '$NAME', '{name}', '\u0000', '\u2028', '\ud800',
  'config', 'config.service', '__proto__', 'constructor', 'a'.repeat(5000), 's3://x', 'http://', 'http://a:b@c', '@', '::1',
  [], {}, [[]], [null], [{}], { name: null }, { length: -1 }, [['config']],
]; // prettier-ignore

type Container = Record<string, unknown>;

/** Returns every place in a value: the container and the key in it. An array is a container by its indexes. */
function places(value: unknown): [Container, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as Container;
  return Object.keys(container).flatMap((key) => [[container, key] as [Container, string], ...places(container[key])]);
}

/** Deletes, replaces, renames, duplicates, moves or wraps a value somewhere in `inventory`. */
function mutate(inventory: unknown, next: () => number): void {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const all = places(inventory);
  const [container, key] = pick(all);
  const [otherContainer, otherKey] = pick(all);
  const value = structuredClone(container[key]);
  const mutations: (() => unknown)[] = [
    () => Reflect.deleteProperty(container, key),
    () => (container[key] = structuredClone(pick(oddValues))),
    () => (container[key] = structuredClone(otherContainer[otherKey])),
    () => (container[`${key}s`] = value),
    () => Reflect.deleteProperty(container, key) && (container[pick(['x-a', 'toString', 'prot', 'Name'])] = value),
    () => (container[key] = [value]),
    () => Array.isArray(container) && container.push(value),
    () => (container[key] = typeof value === 'string' ? ` ${value}` : JSON.stringify(value)),
  ];
  pick(mutations)();
}

describe('an inventory that is changed at random', () => {
  it(`is either read or refused with its faults, ${ROUNDS} times`, () => {
    const next = random(20261123);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const inventory = example();
      for (let count = 1 + Math.floor(next() * 3); count > 0; count--) mutate(inventory, next);
      const text = JSON.stringify(inventory);
      try {
        const { services } = parseInventory(text, 'services.json');
        expect(services).to.have.length.greaterThan(0);
        outcomes.read++;
      } catch (error) {
        expect(error, text).to.be.instanceOf(InventoryError);
        const { faults, message } = error as InventoryError;
        expect(faults, text).to.not.be.empty;
        expect(message).to.not.match(/undefined|\[object|Invalid|Expected|[^\P{C}\n]/u);
        expect(new Set(faults.map((fault) => JSON.stringify(fault))).size, message).to.equal(faults.length);
        outcomes.refused++;
      }
    }
    expect(outcomes.read).to.be.greaterThan(100);
    expect(outcomes.refused).to.be.greaterThan(1000);
  });
});
