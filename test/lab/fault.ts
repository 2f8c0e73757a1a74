import type { Machine } from './machine.js';
import { readInventory } from './services.js';

/** What a service does while it has a fault. It looks for one at its start and while it runs: shop/README.md. */
export const faultsByName = {
  /** Exits with a stack trace as soon as it runs. */
  crash: { crash: { afterMs: 0, exitCode: 1 } },
  /** Runs for two seconds, then exits with a stack trace. */
  'crash-later': { crash: { afterMs: 2000, exitCode: 1 } },
  /** Is killed as the kernel does when memory runs out. */
  killed: { signal: 'SIGKILL', afterMs: 0 },
  /** Accepts connections and never answers. */
  hang: { hang: true },
  /** Listens, and its health check answers 500. */
  unhealthy: { health: 500 },
  /** Listens, and has no such path as its health check. */
  'no-health': { health: 404 },
  /** Runs and never listens. */
  deaf: { noListen: true },
  /** Listens only after 5 s. */
  slow: { startDelayMs: 5000 },
} as const;

export type FaultName = keyof typeof faultsByName;
export const faults = Object.keys(faultsByName) as FaultName[];

/** How a service listens is settled at its start: these show, and end, with a restart. */
const settledAtStart = /noListen|startDelayMs/;

/** Makes a service of a running host misbehave, or with `undefined` behave again. All but a restart shows within 0.2 s. */
export function setFault(machine: Machine, service: string, fault: FaultName | undefined): void {
  const file = `/run/lab/fault/${service}`;
  const before = machine.exec(['sh', '-c', 'cat "$1" 2>/dev/null || true', 'fault', file]);
  const input = fault === undefined ? '{}' : JSON.stringify(faultsByName[fault]);
  machine.exec(['sh', '-c', 'mkdir -p "${1%/*}" && cat >"$1.new" && mv "$1.new" "$1"', 'fault', file], { input });
  if (settledAtStart.test(before + input)) machine.exec(['systemctl', 'restart', `pakashop-${service}.service`]);
}

/** Returns the name of a service of the shop; throws where there is none of that name. */
export function serviceNamed(name: string | undefined): string {
  const names = readInventory().services.map((service) => service.name);
  if (name === undefined || !names.includes(name))
    throw new Error(`${String(name)} is not a service: ${names.join(', ')}`);
  return name;
}

/** Returns the fault of that name; throws where there is none. */
export function faultNamed(name: string | undefined): FaultName {
  const found = faults.find((fault) => fault === name);
  if (found === undefined) throw new Error(`${String(name)} is not a fault: ${faults.join(', ')}`);
  return found;
}
