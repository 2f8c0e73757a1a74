import type { EnvironmentReport, HostReport } from './report.js';

/** Whether nothing on the host is known to be wrong. A dependency that could not be looked at does not count as well. */
export function hostIsWell(host: HostReport): boolean {
  return (
    host.reachable &&
    host.error === undefined &&
    host.services.every((service) => service.well) &&
    (host.dependencies ?? []).every((dependency) => dependency.ok === true) &&
    (host.problems ?? []).length === 0
  );
}

/** Whether nothing of the environment is known to be wrong, endpoints included. */
export function environmentIsWell(environment: EnvironmentReport): boolean {
  return environment.hosts.every(hostIsWell) && environment.endpoints.every((endpoint) => endpoint.ok);
}
