import { ExitCode, PakaError } from '../errors.js';
import { TimeLimitError } from '../host/errors.js';
import type { Host } from '../host/host.js';
import { assessHost } from './assess.js';
import { probeEndpoint } from './endpoints.js';
import { factsRequest, parseFacts } from './facts.js';
import type { EnvironmentReport, HostReport, StatusReport } from './report.js';
import type { StatusTarget } from './target.js';
import { environmentIsWell } from './well.js';

/** The host program's own limits add up to about 6 s; past this the host is too busy to tell. */
const FACTS_LIMIT_MS = 20_000;
const NO_ANSWER_HINT =
  "It is very busy, its shell's start-up files hang, or the connection went silent. See whether `ssh HOST true` answers.";

/** One environment to look at. The hosts are opened by the caller, and closed by it. */
export interface StatusRequest extends StatusTarget {
  readonly name: string;
  readonly hosts: readonly Host[];
  readonly endpoints: readonly { name: string; url: string }[];
  /** How many hosts the environment has where not all of them are asked. */
  readonly hostsInAll?: number;
}

/** Is told of each host when it is asked and when it has answered, or failed to. */
export interface HostObserver {
  asked(host: string): void;
  answered(host: string): void;
}

export interface GatherOptions {
  readonly signal?: AbortSignal;
  readonly observer?: HostObserver;
}

/**
 * Asks all hosts and public endpoints of these environments at once, one round trip a host, and returns what they are
 * like. A host that cannot be reached is part of the report, not an error; only an abort is thrown.
 */
export async function gatherStatus(
  requests: readonly StatusRequest[],
  options: GatherOptions = {},
): Promise<StatusReport> {
  const environments = await Promise.all(requests.map((request) => gatherEnvironment(request, options)));
  return { ok: environments.every(environmentIsWell), environments };
}

async function gatherEnvironment(request: StatusRequest, options: GatherOptions): Promise<EnvironmentReport> {
  const [hosts, endpoints] = await Promise.all([
    Promise.all(request.hosts.map((host) => gatherHost(host, request, options))),
    Promise.all(request.endpoints.map((endpoint) => probeEndpoint(endpoint, options.signal))),
  ]);
  const { name, branch, hostsInAll } = request;
  return { name, branch, hosts, endpoints, ...(hostsInAll !== undefined && { hostsInAll }) };
}

async function gatherHost(host: Host, target: StatusTarget, { signal, observer }: GatherOptions): Promise<HostReport> {
  const { command, input } = factsRequest(target);
  observer?.asked(host.name);
  try {
    const outcome = await host.run(command, { input, timeoutMs: FACTS_LIMIT_MS, signal });
    const facts = parseFacts(outcome.stdout.toString(), target);
    if (facts !== undefined) return assessHost(host.name, target, facts);
    const said = outcome.stderr.toString().trim().split('\n').at(-1) ?? '';
    return unreachable(host, `${host.name}: the status program did not finish${said === '' ? '' : `: ${said}`}`);
  } catch (error) {
    signal?.throwIfAborted();
    // What is wrong with the call is wrong for all hosts: it is not this one that cannot be reached.
    if (!(error instanceof PakaError) || error.exitCode === ExitCode.usage) throw error;
    if (error instanceof TimeLimitError)
      return unreachable(host, `${host.name}: no answer within ${FACTS_LIMIT_MS / 1000} s`, NO_ANSWER_HINT);
    return unreachable(host, error.message, error.hint);
  } finally {
    observer?.answered(host.name);
  }
}

function unreachable(host: Host, error: string, hint?: string): HostReport {
  return { name: host.name, reachable: false, error, ...(hint !== undefined && { hint }), services: [] };
}
