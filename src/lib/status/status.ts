import type { Environment } from '../inventory/inventory.js';
import { placeHosts } from '../inventory/placement.js';
import type { Scope } from '../inventory/scope.js';
import { openHost } from '../host/open.js';
import { ExitCode } from '../errors.js';
import type { StatusReport } from './report.js';
import { gatherStatus, type HostObserver, type StatusRequest } from './run.js';

export interface StatusOptions extends Scope {
  readonly signal: AbortSignal;
  readonly observer: HostObserver;
}

/** Returns what these environments are like, as far as it could be found out. Throws only the abort reason. */
export async function status(options: StatusOptions): Promise<StatusReport> {
  const requests = options.environments.map((environment) => requestFor(environment, options));
  try {
    return await gatherStatus(requests, options);
  } finally {
    await Promise.all(requests.flatMap(({ hosts }) => hosts.map((host) => host.close())));
  }
}

function requestFor(environment: Environment, options: StatusOptions): StatusRequest {
  const { inventory, ownEnvironment, local, hostname, env } = options;
  const onHost = environment.name === ownEnvironment?.name;
  const { hosts, hostsInAll } = placeHosts(environment.hosts, { local, onHost, hostname });
  return {
    ...environment,
    environment: environment.name,
    root: inventory.root,
    services: inventory.services,
    dependencies: inventory.dependencies,
    hosts: hosts.map((host) => openHost(host.name, { local: host.local, env })),
    ...(hostsInAll !== undefined && { hostsInAll }),
  };
}

/** Returns the exit code that a report stands for: a host that cannot be reached counts more than one that is unwell. */
export function statusExitCode(report: StatusReport): ExitCode {
  const hosts = report.environments.flatMap((environment) => environment.hosts);
  if (hosts.some((host) => !host.reachable)) return ExitCode.unreachable;
  return report.ok ? ExitCode.ok : ExitCode.unhealthy;
}
