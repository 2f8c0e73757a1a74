/** One thing to switch on a host: a service, with or without a link to flip, or a link alone. */
export interface SwitchItem {
  readonly name: string;
  /** Absent: a link alone. */
  readonly unit?: string;
  /** Absent: nothing to flip, only to restart. */
  readonly link?: LinkChange;
  readonly port?: number;
  /** Asked on the port; absent: only the port is looked at. */
  readonly health?: string | undefined;
  /** Seconds from its restart until it must be healthy. */
  readonly limitSeconds?: number;
  /** Items of a lower wave are healthy before those of a higher one begin. */
  readonly wave: number;
}

export interface LinkChange {
  /** Relative to root. */
  readonly path: string;
  /** What the link shall point to; undefined: it shall not be there. */
  readonly target: string | undefined;
}

/** Returns the eight fields of an item, in the order of switch.sh. */
export function itemFields(item: SwitchItem): string[] {
  return [
    item.name,
    item.unit ?? '',
    item.link?.path ?? '',
    item.link?.target ?? '',
    String(item.port ?? 0),
    item.health ?? '',
    String(item.limitSeconds ?? 0),
    String(item.wave),
  ];
}
