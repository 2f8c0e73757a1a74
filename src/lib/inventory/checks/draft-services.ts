import type { InventoryFile } from '../schema.js';
import type { Draft } from '../shape.js';

export type InventoryDraft = Draft<InventoryFile>;
type ServiceDraft = Draft<InventoryFile['services'][number]>;

export interface PlacedService {
  readonly index: number;
  readonly service: ServiceDraft;
  /** Undefined where the name is faulty or stands in more than one service: nothing can be concluded from it. */
  readonly name: string | undefined;
}

/** Returns the services that are objects at all, each with its index. */
export function placedServices(draft: InventoryDraft): PlacedService[] {
  const counts = new Map<string, number>();
  for (const service of draft.services ?? []) {
    if (service?.name !== undefined) counts.set(service.name, (counts.get(service.name) ?? 0) + 1);
  }
  return (draft.services ?? []).flatMap((service, index) => {
    if (service === undefined) return [];
    return { index, service, name: counts.get(service.name ?? '') === 1 ? service.name : undefined };
  });
}
