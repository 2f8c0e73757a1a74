/** What of the inventory one host is asked about. */
export interface StatusTarget {
  /** The environment's name, for the commands that remarks tell. */
  readonly environment: string;
  readonly root: string;
  readonly branch: string;
  readonly envFile: string;
  readonly services: readonly StatusService[];
  readonly dependencies: readonly StatusDependency[];
}

export interface StatusService {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly port: number;
  readonly runtime: string;
  /** Where it lies under root. */
  readonly path: string;
  /** The path that answers 2xx when it is healthy; without one only the port is looked at. */
  readonly health?: string | undefined;
}

export interface StatusDependency {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly url?: string | undefined;
  readonly health?: string | undefined;
}
