import type { runtimes } from './schema.js';

export type Runtime = (typeof runtimes)[number];

/** services.json with every default filled in. Plain data, frozen through and through. */
export interface Inventory {
  readonly name: string;
  /** The directory of the repository on every host: absolute, without a slash at its end. */
  readonly root: string;
  readonly user: string;
  readonly repository: string;
  /** In the order of the file. */
  readonly environments: readonly Environment[];
  readonly services: readonly Service[];
  readonly dependencies: readonly Dependency[];
  readonly deploy: { readonly hooks: Hooks };
  readonly backup: Backup | undefined;
}

export interface Environment {
  readonly name: string;
  readonly branch: string;
  /** As ssh takes them; one at least. */
  readonly hosts: readonly string[];
  /** Relative to root. */
  readonly envFile: string;
  /** A person at a terminal is asked before a change. */
  readonly confirm: boolean;
  readonly endpoints: readonly { readonly name: string; readonly url: string }[];
}

export interface Service {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly port: number;
  readonly runtime: Runtime;
  /** Its directory, relative to the repository. */
  readonly path: string;
  /** What else it is built from, relative to the repository. */
  readonly uses: readonly string[];
  /** Undefined: as its runtime is built. */
  readonly build: readonly string[] | undefined;
  /** Undefined: only the port is checked. */
  readonly health: string | undefined;
  /** Names of services. */
  readonly after: readonly string[];
  /** Relative to its directory. */
  readonly shared: readonly string[];
  /** From its restart until it is healthy, at most. */
  readonly startSeconds: number;
}

/** Something that the services need and paka does not deploy. Has a unit, a url or both. */
export interface Dependency {
  readonly name: string;
  readonly unit: string | undefined;
  /** `$NAME`, a key of the env file, or a URL. */
  readonly url: string | undefined;
  readonly health: string | undefined;
}

export interface Hook {
  readonly service: string;
  readonly run: string;
}

export interface Hooks {
  readonly beforeSwitch: Hook | undefined;
  readonly afterDeploy: Hook | undefined;
}

export interface Backup {
  /** `$NAME`, a key of the env file. */
  readonly database: string;
  /** An S3 address or a directory; may hold `{environment}`. */
  readonly to: string;
  readonly keep: { readonly last: number; readonly daily: number; readonly weekly: number; readonly monthly: number };
}
