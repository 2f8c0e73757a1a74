import { assessDependency } from './assess-dependency.js';
import { assessService } from './assess-service.js';
import type { HostFacts } from './facts.js';
import type { HostReport, LastDeploy, ServiceReport, SystemReport } from './report.js';
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
  const branch = /^ref: refs\/heads\/(.+)$/.exec(facts.git['head'] ?? '')?.[1];
  const commit = facts.git['commit'];
  const services = target.services.map((service) => assessService(service, facts, target.root, commit));
  const lastDeploy = findLastDeploy(facts.git);
  return {
    name,
    reachable: true,
    ...(commit !== undefined && { commit }),
    ...(branch !== undefined && { branch }),
    ...(lastDeploy !== undefined && { lastDeploy }),
    system: systemReport(facts.host),
    services: unwellFirst(services),
    dependencies: target.dependencies.map((dependency) => assessDependency(dependency, facts)),
    problems: hostProblems(target, facts, branch),
    notices: facts.journalDeniedTo === undefined ? [] : [closedJournal(facts.journalDeniedTo)],
  };
}

function unwellFirst(services: readonly ServiceReport[]): ServiceReport[] {
  return [...services.filter((service) => !service.well), ...services.filter((service) => service.well)];
}

function hostProblems(target: StatusTarget, facts: HostFacts, branch: string | undefined): string[] {
  const envFile = facts.host['envfile'];
  return [
    facts.git['head'] === undefined ? `no git checkout at ${target.root}` : undefined,
    branch !== undefined && branch !== target.branch
      ? `branch ${branch} is checked out, not ${target.branch}`
      : undefined,
    envFile === undefined ? `${target.envFile} is missing under ${target.root}` : undefined,
  ].filter((problem) => problem !== undefined);
}

function closedJournal(user: string): string {
  return `${user} may not read the whole journal, log lines are missing:\nsudo usermod -aG systemd-journal ${user}`;
}

/** The last deploy: of paka's ledger, or of a checkout that is deployed by `git pull`, the last move of HEAD. */
function findLastDeploy(git: HostFacts['git']): LastDeploy | undefined {
  if (git['ledger'] !== undefined) return ledgerDeploy(git['ledger']);
  const match = /^\S+ \S+ (.*) <[^>]*> (\d+) [+-]\d{4}(?:\t|$)/.exec(git['reflog'] ?? '');
  return match ? { at: new Date(Number(match[2]) * 1000).toISOString() } : undefined;
}

function ledgerDeploy(line: string): LastDeploy | undefined {
  try {
    const { at, who, result } = JSON.parse(line) as Record<string, unknown>;
    if (typeof at !== 'string') return undefined;
    return { at, ...(typeof who === 'string' && { who }), ...(typeof result === 'string' && { result }) };
  } catch {
    return undefined;
  }
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
