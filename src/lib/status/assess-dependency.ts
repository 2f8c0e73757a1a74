import { judgeUnit } from '../systemd/unit-state.js';
import type { HostFacts, HttpAnswer, ServerAnswer } from './facts.js';
import type { DependencyReport } from './report.js';
import type { StatusDependency } from './target.js';

/** A dependency is well when its unit, if it has one here, is up, and what listens at its URL answers as it should. */
export function assessDependency(dependency: StatusDependency, facts: HostFacts): DependencyReport {
  const { name, unit, url } = dependency;
  if (unit !== undefined) {
    const judged = judgeUnit(facts.units.get(unit) ?? { LoadState: 'not-found' }, facts.now);
    if (judged.state !== 'up') return { name, ok: false, problem: judged.reason ?? judged.state };
  }
  if (url === undefined) return { name, ok: true };
  const server = facts.servers.get(name);
  if (server !== undefined) return { name, ...assessServer(server, url) };
  const answer = facts.httpDependencies.get(name);
  if (answer !== undefined) return { name, ...assessHttp(answer) };
  const reason = facts.host['without'] === 'curl' ? 'curl is not installed on the host' : 'not looked at';
  return { name, ok: null, problem: reason };
}

type Judgement = Omit<DependencyReport, 'name'>;

function assessHttp({ status, connected, seconds }: HttpAnswer): Judgement {
  const ms = Math.round(seconds * 1000);
  if (status >= 200 && status < 300) return { ok: true, ms };
  if (status > 0) return { ok: false, ms, problem: `answers ${status}` };
  return { ok: false, problem: connected ? 'no answer' : 'nothing listens there, or its name does not resolve' };
}

/** The words are those of status-facts.sh. */
function assessServer({ word, ms }: ServerAnswer, url: string): Judgement {
  const time = ms === undefined ? {} : { ms };
  switch (word) {
    case 'ok':
      return { ok: true, ...time };
    case 'refused':
      return { ok: false, problem: 'nothing listens there, or its name does not resolve' };
    case 'timeout':
      return { ok: false, problem: 'no answer' };
    case 'wrong-answer':
      return { ok: false, ...time, problem: 'something answers there that is not a healthy server of its kind' };
    case 'no-env-file':
      return { ok: null, problem: 'the env file cannot be read: where it listens is not known' };
    case 'no-value':
      return { ok: null, problem: `the env file has no ${url}` };
    default:
      return {
        ok: null,
        problem: `${url} is not a URL that paka can look at; a password in it must be percent-encoded`,
      };
  }
}
