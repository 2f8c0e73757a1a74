import type { ServiceState } from '../systemd/unit-state.js';

/** What `paka status --json` prints: its keys are promises (docs/status.md); keys may be added, none renamed. */
export interface StatusReport {
  readonly ok: boolean;
  readonly environments: readonly EnvironmentReport[];
}

export interface EnvironmentReport {
  readonly name: string;
  readonly branch: string;
  readonly hosts: readonly HostReport[];
  readonly endpoints: readonly EndpointReport[];
  /** Set where only this machine was asked though the environment has more hosts. */
  readonly hostsInAll?: number;
}

export interface HostReport {
  readonly name: string;
  readonly reachable: boolean;
  /** Why nothing is known of its services: it cannot be reached, or has no systemd. */
  readonly error?: string;
  readonly hint?: string;
  /** The host's own time when it answered: ages count from it, so that a wrong clock here does not matter. */
  readonly time?: string;
  /** The commit that the checkout under root is at. */
  readonly commit?: string;
  readonly branch?: string;
  readonly lastDeploy?: LastDeploy;
  readonly system?: SystemReport;
  readonly services: readonly ServiceReport[];
  readonly dependencies?: readonly DependencyReport[];
  /** What is wrong with the host itself: its checkout, its branch, its env file. */
  readonly problems?: readonly string[];
  /** What is worth knowing though nothing is wrong. */
  readonly notices?: readonly string[];
}

export interface LastDeploy {
  readonly at: string;
  readonly who?: string;
  readonly result?: string;
}

export interface SystemReport {
  readonly uptimeSeconds?: number;
  readonly load?: number;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly memoryUsedBytes?: number;
  readonly diskBytes?: number;
  readonly diskUsedBytes?: number;
}

export interface ServiceReport {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly port: number;
  readonly runtime: string;
  readonly state: ServiceState;
  /** Null where the inventory names no health path, or there was nobody to ask. */
  readonly health: HealthReport | null;
  /** Null where it could not be found out. */
  readonly listening: boolean | null;
  readonly pid: number | null;
  readonly since: string | null;
  readonly restarts: number;
  readonly memoryBytes: number | null;
  readonly release: string | null;
  readonly commit: string | null;
  /** Up, listening, and healthy: the three signals together. */
  readonly well: boolean;
  /** What is wrong, in words; empty where it is well. */
  readonly problems: readonly string[];
  /** What is worth knowing though it is well. */
  readonly notices: readonly string[];
  /** Its last log lines, oldest first, where it is not well. */
  readonly log: readonly string[];
}

export interface HealthReport {
  readonly ok: boolean;
  readonly status: number | null;
  readonly ms: number | null;
}

export interface DependencyReport {
  readonly name: string;
  /** Null where it could not be found out. */
  readonly ok: boolean | null;
  readonly ms?: number;
  readonly problem?: string;
}

export interface EndpointReport {
  readonly name: string;
  readonly url: string;
  readonly ok: boolean;
  readonly status?: number;
  readonly ms?: number;
  /** Days until the certificate ends; https only. */
  readonly tlsDays?: number;
  readonly problem?: string;
}
