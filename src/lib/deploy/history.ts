import { placeHosts } from '../inventory/placement.js';
import type { Scope } from '../inventory/scope.js';
import { openHost } from '../host/open.js';
import type { Host } from '../host/host.js';
import { expectSuccess } from '../host/outcome.js';
import { hostProgram, programCommand } from '../host/program.js';
import { oneEnvironment } from './deploy.js';
import { goodStates, parseLedger, runsOf, type Run } from './ledger.js';

/** What `paka history --json` prints: keys may be added, none renamed. */
export interface HistoryReport {
  readonly environment: string;
  readonly hosts: readonly HostHistory[];
}

export interface HostHistory {
  readonly name: string;
  /** Oldest first. */
  readonly runs: readonly Run[];
  /** The ids of the states that a rollback can return to, oldest first; the last one is the present. */
  readonly good: readonly string[];
}

const LIMIT_MS = 20_000;

/** Returns the ledger of each host of the one environment of the scope. Throws where a host cannot be asked. */
export async function history(scope: Scope, command: string, signal: AbortSignal): Promise<HistoryReport> {
  const environment = oneEnvironment(scope, command);
  const { inventory, ownEnvironment, local, hostname, env } = scope;
  const onHost = environment.name === ownEnvironment?.name;
  const { hosts: places } = placeHosts(environment.hosts, { local, onHost, hostname });
  const hosts = places.map((place) => openHost(place.name, { local: place.local, env }));
  try {
    const all = await Promise.all(hosts.map((host) => hostHistory(host, inventory.root, signal)));
    return { environment: environment.name, hosts: all };
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

async function hostHistory(host: Host, root: string, signal: AbortSignal): Promise<HostHistory> {
  const command = programCommand(hostProgram('ledger.sh', import.meta.url), root);
  const outcome = expectSuccess(host, command, await host.run(command, { signal, timeoutMs: LIMIT_MS }));
  const [lock = '', releases = '', text = ''] = outcome.stdout.toString().split('\x1e\n');
  const present = new Set(releases.split('\n'));
  const ledger = parseLedger(text.split('\n'));
  return {
    name: host.name,
    runs: runsOf(ledger, lock.startsWith('held')),
    good: goodStates(ledger)
      .filter(({ services }) => Object.values(services).every((id) => present.has(id)))
      .map(({ id }) => id),
  };
}
