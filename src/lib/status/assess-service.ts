import { join } from 'node:path/posix';
import { parseNumber, type UnitProperties } from '../systemd/show.js';
import { judgeUnit, type ServiceState, type UnitState } from '../systemd/unit-state.js';
import type { HttpAnswer, HostFacts } from './facts.js';
import type { HealthReport, ServiceReport } from './report.js';
import { lastEnd, telltaleLines } from '../systemd/telltale.js';
import type { StatusService } from './target.js';

/** A service that was started less than this ago and does not listen yet is starting, not broken. */
const START_GRACE_SECONDS = 15;
/** An automatic restart this recent is worth a word even though the service is well again. */
const RECENT_RESTART_SECONDS = 600;

/** Judges one service by its three signals (unit, port, health); `commit` is the host's deployed head. */
export function assessService(service: StatusService, facts: HostFacts, root: string, commit?: string): ServiceReport {
  const unit = facts.units.get(service.unit) ?? { Id: service.unit, LoadState: 'not-found' };
  const judged = judgeUnit(unit, facts.now);
  const listening = facts.listeningPorts.has(service.port);
  const age = judged.since === undefined ? Infinity : (facts.now.getTime() - judged.since.getTime()) / 1000;
  const state: ServiceState =
    judged.state === 'up' && !listening && age < START_GRACE_SECONDS ? 'starting' : judged.state;

  const answer = facts.health.get(service.unit);
  // What answers on the port of a unit that is down is not this service; and a closed port needs no second word.
  const asked = listening && judged.pid !== undefined && service.health !== undefined;
  const health = asked && answer !== undefined ? healthReport(answer) : null;
  const healthProblem = state === 'up' && listening ? healthInWords(service, health, answer, facts) : undefined;
  // systemd forgets how a process ended when it starts the next one; its line in the journal stays.
  const end = state === 'crash-looping' && judged.pid !== undefined ? lastEnd(facts.journal, unit) : undefined;
  const problems = [
    end,
    state === 'starting' ? `started ${Math.max(0, Math.round(age))} s ago, not ready yet` : judged.reason,
    state === 'up' && !listening ? `up, but nothing listens on port ${service.port}` : undefined,
    judged.pid === undefined && listening ? `port ${service.port} is held by another process` : undefined,
    healthProblem,
  ].filter((problem) => problem !== undefined);
  const well = state === 'up' && problems.length === 0;
  const release = runningRelease(service, facts, root, judged.pid) ?? null;

  return {
    name: service.name,
    title: service.title,
    unit: service.unit,
    port: service.port,
    runtime: service.runtime,
    state,
    health,
    listening,
    pid: judged.pid ?? null,
    since: judged.since?.toISOString() ?? null,
    restarts: judged.restarts,
    memoryBytes: memoryBytes(unit, facts, judged.pid),
    release,
    commit: state === 'missing' ? null : runningCommit(release, commit),
    well,
    problems,
    notices: notices(unit, judged, age),
    log: well ? [] : telltaleLines(facts.journal, unit, state, judged.pid),
  };
}

function healthReport(answer: HttpAnswer): HealthReport {
  const answered = answer.status !== 0;
  return {
    ok: answer.status >= 200 && answer.status < 300,
    status: answered ? answer.status : null,
    ms: answered ? Math.round(answer.seconds * 1000) : null,
  };
}

function healthInWords(
  service: StatusService,
  health: HealthReport | null,
  answer: HttpAnswer | undefined,
  facts: HostFacts,
): string | undefined {
  if (service.health === undefined || health?.ok) return undefined;
  // Without curl nobody could ask, which is said once, of the host.
  if (facts.host['without'] === 'curl') return undefined;
  if (answer === undefined) return 'health not known: curl gave no answer for it';
  if (answer.status === 404)
    return `health check ${service.health} answers 404: set "health" of ${service.name} in services.json`;
  if (answer.status !== 0) return `unhealthy: ${service.health} answers ${answer.status}`;
  const waited = Math.round(answer.seconds);
  return answer.connected && waited >= 1
    ? `hangs: ${service.health} gave no answer within ${waited} s`
    : answer.connected
      ? `${service.health} closed the connection without an answer`
      : `${service.health} cannot be reached on localhost: does it listen on another address only?`;
}

/** Returns the release a service runs: that of its process where it can be seen, else the one its link points to. */
function runningRelease(
  service: StatusService,
  facts: HostFacts,
  root: string,
  pid: number | undefined,
): string | undefined {
  const process = pid === undefined ? undefined : facts.links.get(`/proc/${pid}/cwd`);
  const path = process ?? facts.links.get(join(root, service.path));
  return /(?:^|\/)\.paka\/releases\/([^/]+)/.exec(path ?? '')?.[1];
}

/** A release's id ends in its short commit; in a plain checkout a service runs what is checked out. */
function runningCommit(release: string | null, commit: string | undefined): string | null {
  const short = /-([0-9a-f]{7,})$/.exec(release ?? '')?.[1];
  return short === undefined || commit?.startsWith(short) ? (commit ?? null) : short;
}

/** The unit's control group where systemd accounts for it (page cache included), else the main process's own pages. */
function memoryBytes(unit: UnitProperties, facts: HostFacts, pid: number | undefined): number | null {
  return parseNumber(unit['MemoryCurrent']) ?? (pid === undefined ? null : (facts.residentBytes.get(pid) ?? null));
}

function notices(unit: UnitProperties, judged: UnitState, age: number): string[] {
  const crashed = judged.state === 'up' && judged.restarts > 0 && age < RECENT_RESTART_SECONDS;
  const loadState = unit['LoadState'];
  return [
    crashed ? `crashed and was restarted (${judged.restarts} in all since it was last started by hand)` : undefined,
    loadState === 'not-found' ? 'its unit file is gone: it will not start again' : undefined,
    loadState === 'error' || loadState === 'bad-setting'
      ? 'its unit file cannot be read: it will not start again'
      : undefined,
    unit['NeedDaemonReload'] === 'yes' ? 'its unit file changed since systemd read it: daemon-reload' : undefined,
    unit['UnitFileState'] === 'disabled' ? 'disabled: it will not start at boot' : undefined,
  ].filter((notice) => notice !== undefined);
}
