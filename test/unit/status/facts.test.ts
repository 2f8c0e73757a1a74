import { expect } from 'chai';
import { factsRequest, parseFacts } from '../../../src/lib/status/facts.js';
import { factsOutput, target } from './sample.js';

describe('asking a host for its facts', () => {
  it('is one bash program, told all it needs on standard input', () => {
    const { command, input } = factsRequest(target);
    expect(command.argv.slice(0, 2)).to.deep.equal(['bash', '-pc']);
    expect(command.argv[2]).to.match(/^#!\/usr\/bin\/env bash\n/);
    expect(command.argv.slice(3)).to.have.length(2);
    expect(input.split('\n')).to.deep.equal([
      'root\x1f/opt/shop',
      'envfile\x1f.env.production',
      'service\x1fapi\x1fshop-api.service\x1f3000\x1f/health\x1fservices/api',
      'service\x1fworker\x1fshop-worker.service\x1f3001\x1f\x1fservices/worker',
      'dependency\x1fredis\x1fredis-server.service\x1f$REDIS_URL\x1f',
      '',
    ]);
  });
});

describe('reading the facts of a host', () => {
  it('takes each section apart', () => {
    const facts = parseFacts(factsOutput(), target);
    expect(facts?.hasSystemd).to.equal(true);
    expect(facts?.now.toISOString()).to.equal('2026-11-23T12:00:00.500Z');
    expect(facts?.git).to.include({ head: 'ref: refs/heads/production', commit: 'c'.repeat(40) });
    expect([...(facts?.listeningPorts ?? [])]).to.deep.equal([3000, 3001]);
    expect([...(facts?.units.keys() ?? [])]).to.deep.equal([
      'shop-api.service',
      'shop-worker.service',
      'redis-server.service',
    ]);
    expect(facts?.links.get('/proc/247/cwd')).to.equal('/opt/shop/services/api');
    expect(facts?.residentBytes.get(247)).to.equal(46_080_000);
    expect(facts?.health.get('shop-api.service')).to.deep.equal({ status: 200, connected: true, seconds: 0.004 });
    expect(facts?.servers.get('redis')).to.deep.equal({ word: 'ok', ms: 2 });
    expect(facts?.journal).to.deep.equal([]);
    expect(facts?.journalDeniedTo).to.equal(undefined);
  });

  it('does not take output that was cut off for the whole', () => {
    const whole = factsOutput();
    for (const length of [0, 1, whole.length >> 1, whole.length - 5])
      expect(parseFacts(whole.slice(0, length), target), `${length} characters`).to.equal(undefined);
  });

  it('knows a host without systemd', () => {
    expect(parseFacts('\x1eno-systemd\n', target)?.hasSystemd).to.equal(false);
  });

  it('knows who may not read the journal', () => {
    expect(parseFacts(factsOutput({ journal: 'no-access deploy\n' }), target)?.journalDeniedTo).to.equal('deploy');
  });
});
