import { assessDependency } from './assess-dependency.js';
import { assessRuns, findLastDeploy } from './assess-runs.js';
import { assessService } from './assess-service.js';
import type { HostFacts } from './facts.js';
import type { HostReport, ServiceReport, SystemReport } from './report.js';
import type { StatusTarget } from './target.js';

/** Judges what a host said of itself. Services come with the unwell ones first, each group in the inventory's order. */
export function assessHost(name: string, target: StatusTarget, facts: HostFacts): HostReport {
  if (!facts.hasSystemd)
    return {
      name,
      reachable: true,
      error: 'systemd does not run on this host',
      hint: 'paka looks after systemd services: is this the right host, or a container without an init?',
      services: [],
    };
  if (facts.unitsUnknown !== undefined)
    return {
      name,
      reachable: true,
      error: `systemd did not answer: ${facts.unitsUnknown}`,
      hint: 'How its services are is not known. On the host: systemctl status; journalctl -b -p err',
      services: [],
    };
  const branch = /^ref: refs\/heads\/(.+)$/.exec(facts.git['head'] ?? '')?.[1];
  const commit = /^[0-9a-f]{40,64}$/.exec(facts.git['commit'] ?? '')?.[0];
  const services = target.services.map((service) => assessService(service, facts, target.root, commit));
  const lastDeploy = findLastDeploy(facts.git);
  const runs = assessRuns(target.environment, facts.git);
  return {
    name,
    reachable: true,
    time: facts.now.toISOString(),
    ...(commit !== undefined && { commit }),
    ...(branch !== undefined && { branch }),
    ...(lastDeploy !== undefined && { lastDeploy }),
    system: systemReport(facts.host),
    services: unwellFirst(services),
    dependencies: target.dependencies.map((dependency) => assessDependency(dependency, facts)),
    problems: [...hostProblems(target, facts, branch), ...runs.problems],
    notices: [...hostNotices(facts), ...runs.notices],
  };
}

function unwellFirst(services: readonly ServiceReport[]): ServiceReport[] {
  return [...services.filter((service) => !service.well), ...services.filter((service) => service.well)];
}

function hostProblems(target: StatusTarget, facts: HostFacts, branch: string | undefined): string[] {
  const { git, host } = facts;
  const closedTo = git['closed-to'];
  const noCheckout =
    closedTo === undefined ? `no git checkout at ${target.root}` : `${target.root}/.git cannot be read by ${closedTo}`;
  return [
    git['head'] === undefined ? noCheckout : undefined,
    git['head'] !== undefined && branch === undefined
      ? `HEAD is detached: no branch is checked out, not ${target.branch} either`
      : undefined,
    branch !== undefined && branch !== target.branch
      ? `branch ${branch} is checked out, not ${target.branch}`
      : undefined,
    host['envfile'] === undefined ? `${target.envFile} is missing under ${target.root}` : undefined,
    host['without'] === 'curl' ? 'curl is not installed: no health check could be made' : undefined,
  ].filter((problem) => problem !== undefined);
}

function hostNotices({ journalDeniedTo: user, journalsLeftOut }: HostFacts): string[] {
  return [
    user === undefined
      ? undefined
      : `${user} may not read the whole journal, log lines are missing:\nsudo usermod -aG systemd-journal ${user}`,
    journalsLeftOut === 0 ? undefined : `the log lines of ${journalsLeftOut} more services were not read`,
  ].filter((notice) => notice !== undefined);
}

function systemReport(host: HostFacts['host']): SystemReport {
  const number = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));
  const [blockSize, blocks, free] = (host['disk'] ?? '').split(' ').map(Number);
  const total = number(host['MemTotal']);
  const available = number(host['MemAvailable']);
  const figures = {
    uptimeSeconds: number(host['uptime']),
    load: number(host['load']),
    cpus: number(host['cpus']),
    memoryBytes: total === undefined ? undefined : total * 1024,
    memoryUsedBytes: total === undefined || available === undefined ? undefined : (total - available) * 1024,
    ...(blockSize !== undefined &&
      blocks !== undefined &&
      free !== undefined && { diskBytes: blockSize * blocks, diskUsedBytes: blockSize * (blocks - free) }),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
