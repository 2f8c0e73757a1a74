import { expect } from 'chai';
import { assessHost } from '../../../src/lib/status/assess.js';
import { parseFacts } from '../../../src/lib/status/facts.js';
import type { HostReport, ServiceReport } from '../../../src/lib/status/report.js';
import { hostIsWell } from '../../../src/lib/status/well.js';
import { factsOutput, target, unit } from './sample.js';

function assess(changes: Parameters<typeof factsOutput>[0] = {}): HostReport {
  const facts = parseFacts(factsOutput(changes), target);
  if (facts === undefined) throw new Error('the sample is not whole');
  return assessHost('shop-1', target, facts);
}

function service(report: HostReport, name: string): ServiceReport {
  const found = report.services.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const worker = unit('shop-worker.service', 248);
const redis = unit('redis-server.service', 99);

describe('assessing a host', () => {
  it('finds nothing wrong where nothing is', () => {
    const report = assess();
    expect(hostIsWell(report)).to.equal(true);
    expect(report).to.include({ name: 'shop-1', reachable: true, commit: 'c'.repeat(40), branch: 'production' });
    expect(report.system).to.deep.equal({
      ...{ uptimeSeconds: 5000.1, load: 0.34, cpus: 2, memoryBytes: 4_096_000_000, memoryUsedBytes: 1_024_000_000 },
      ...{ diskBytes: 4_096_000, diskUsedBytes: 1_638_400 },
    });
  });

  it('takes a service without a health path as well when its port listens', () => {
    expect(service(assess(), 'worker')).to.include({ well: true, health: null, listening: true });
  });

  it('falls back to the resident memory of the process where systemd keeps no figure', () => {
    expect(service(assess(), 'api').memoryBytes).to.equal(46_080_000);
    const counted = unit('shop-api.service', 247, { MemoryCurrent: '52000000' });
    expect(service(assess({ units: [counted, worker, redis].join('\n\n') }), 'api').memoryBytes).to.equal(52_000_000);
  });

  it('calls a service that does not listen yet starting for 15 s, and broken after that', () => {
    const started = (time: string): string =>
      unit('shop-api.service', 247, { ActiveEnterTimestamp: `Mon 2026-11-23 ${time} UTC` });
    const report = (time: string): ServiceReport =>
      service(
        assess({ listening: '   1: 0100007F:0BB9 0:0000 0A\n', units: [started(time), worker, redis].join('\n\n') }),
        'api',
      );
    expect(report('11:59:50.000000')).to.include({ state: 'starting', well: false });
    expect(report('11:59:40.000000')).to.include({ state: 'up', well: false });
  });

  it('does not credit a stopped service with the answer of another process on its port', () => {
    const stopped = unit('shop-api.service', 0, { ActiveState: 'inactive', SubState: 'dead' });
    const api = service(assess({ units: [stopped, worker, redis].join('\n\n') }), 'api');
    expect(api).to.include({ state: 'down', health: null });
    expect(api.problems).to.deep.equal(['stopped', 'port 3000 is held by another process']);
  });

  it('tells that a health check closes the connection from that it hangs', () => {
    const closed = service(assess({ http: 'service shop-api.service 000 0.000100 0.004000\n' }), 'api');
    expect(closed.problems).to.deep.equal(['/health closed the connection without an answer']);
    const hangs = service(assess({ http: 'service shop-api.service 000 0.000100 3.001000\n' }), 'api');
    expect(hangs.problems).to.deep.equal(['hangs: /health gave no answer within 3 s']);
  });

  it('does not claim to know the health where the host has no curl', () => {
    const report = assess({ http: '', host: `now 1795435200\nenvfile readable\nwithout curl\n` });
    const api = service(report, 'api');
    expect(api).to.include({ well: true, health: null });
    expect(report.problems).to.deep.equal(['curl is not installed: no health check could be made']);
    expect(hostIsWell(report)).to.equal(false);
  });

  it('names the release that a process runs in, and the commit of the checkout where there are no releases', () => {
    expect(service(assess(), 'api')).to.include({ release: null, commit: 'c'.repeat(40) });
    const processes = '/proc/247/cwd\x1f/opt/shop/.paka/releases/20261123T064853Z-71039f7/services/api\n';
    const old = service(assess({ processes }), 'api');
    expect(old).to.include({ release: '20261123T064853Z-71039f7', commit: '71039f7' });
    const newest = processes.replace('71039f7', 'ccccccc');
    expect(service(assess({ processes: newest }), 'api').commit).to.equal('c'.repeat(40));
  });

  it('takes nothing for a commit that is none', () => {
    expect(assess({ git: 'head ref: refs/heads/production\ncommit SECRET=1\n' })).not.to.have.property('commit');
  });

  it('takes note of what is not wrong yet', () => {
    const api = unit('shop-api.service', 247, {
      ...{ NRestarts: '2', ActiveEnterTimestamp: 'Mon 2026-11-23 11:55:00.000000 UTC' },
      ...{ NeedDaemonReload: 'yes', UnitFileState: 'disabled' },
    });
    const report = service(assess({ units: [api, worker, redis].join('\n\n') }), 'api');
    expect(report.well).to.equal(true);
    expect(report.notices).to.have.length(3);
  });

  it('tells the last deploy from the ledger, else from the last move of HEAD', () => {
    const git = `head ref: refs/heads/production\ncommit ${'c'.repeat(40)}\n`;
    const reflog = `reflog ${'a'.repeat(40)} ${'c'.repeat(40)} Jane <jane@shop> 1795430000 +0000\tpull: Fast-forward\n`;
    expect(assess({ git: git + reflog }).lastDeploy).to.deep.equal({ at: '2026-11-23T10:33:20.000Z' });
    const ledger = 'ledger {"v":1,"at":"2026-11-23T11:00:00Z","who":"jane","result":"ok"}\n';
    const expected = { at: '2026-11-23T11:00:00Z', who: 'jane', result: 'ok' };
    expect(assess({ git: git + reflog + ledger }).lastDeploy).to.deep.equal(expected);
    expect(assess({ git: `${git}ledger {"v":1,"at\n` }).lastDeploy).to.equal(undefined);
  });

  it('names a wrong branch, a missing checkout and a missing env file', () => {
    expect(assess({ git: 'head ref: refs/heads/main\n' }).problems).to.deep.equal([
      'branch main is checked out, not production',
    ]);
    expect(assess({ git: '' }).problems).to.deep.equal(['no git checkout at /opt/shop']);
    expect(assess({ host: 'now 1795435200\n' }).problems).to.deep.equal(['.env.production is missing under /opt/shop']);
  });

  const answers: [word: string, ok: boolean | null, problem: RegExp | undefined][] = [
    ['ok', true, undefined],
    ['refused', false, /nothing listens/],
    ['timeout', false, /no answer/],
    ['wrong-answer', false, /not a healthy server/],
    ['no-env-file', null, /env file cannot be read/],
    ['no-value', null, /no \$REDIS_URL/],
    ['bad-url', null, /not a URL/],
  ];
  for (const [word, ok, problem] of answers)
    it(`takes the answer "${word}" of a dependency as ${ok === null ? 'unknown' : ok ? 'well' : 'not well'}`, () => {
      const [dependency] = assess({ servers: `redis\x1f${word}\x1f2\n` }).dependencies ?? [];
      expect(dependency?.ok).to.equal(ok);
      if (problem) expect(dependency?.problem).to.match(problem);
      else expect(dependency).not.to.have.property('problem');
    });

  const httpTarget = {
    ...target,
    dependencies: [{ name: 'search', unit: 'redis-server.service', url: 'http://search:7700', health: '/health' }],
  };
  for (const [answer, ok, problem] of [
    ['200 0.001 0.004', true, undefined],
    ['503 0.001 0.004', false, 'answers 503'],
    ['000 0.001 3.001', false, 'no answer'],
    ['000 0.000000 0.001', false, 'nothing listens there, or its name does not resolve'],
  ] as const)
    it(`takes "${answer}" of a dependency that speaks HTTP as ${ok ? 'well' : 'not well'}`, () => {
      const facts = parseFacts(factsOutput({ servers: '', http: `dependency search ${answer}\n` }), httpTarget);
      const [dependency] = facts === undefined ? [] : (assessHost('shop-1', httpTarget, facts).dependencies ?? []);
      expect(dependency?.ok).to.equal(ok);
      expect(dependency?.problem).to.equal(problem);
    });
});
