import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { client } from '../lab/client.js';
import { setFault } from '../lab/fault.js';
import { canary } from '../lab/host-files.js';
import { environments, labMachine } from '../lab/lab.js';
import { checkout } from '../lab/layout.js';
import { readInventory } from '../lab/services.js';
import { until } from '../lab/system.js';
import { runAsDeploy } from '../support/lab-host.js';

const production = labMachine('production');

/** Asks the lab's nginx as a visitor of the shop would. */
function visit(path: string, options: RequestOptions = {}): ReturnType<typeof request> {
  const servername = 'pakashop.store';
  const ca = readFileSync(client.ca);
  return request({ host: production.network.address, servername, ca, path, agent: false, ...options });
}

async function get(
  path: string,
): Promise<{ status: number | undefined; body: string; headers: IncomingMessage['headers'] }> {
  const call = visit(path);
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode, body, headers: response.headers };
}

const asDeploy = (...argv: string[]): string => runAsDeploy(production, ...argv);

describe('a host of the lab, as the seed has it', () => {
  it('has the unit of the example to the letter', () => {
    const unit = production.exec(['cat', '/etc/systemd/system/pakashop-backend.service']);
    const expected = `# /etc/systemd/system/pakashop-backend.service
[Unit]
Description=Pakashop Backend API
After=network.target postgresql.service redis.service
Wants=postgresql.service redis.service

[Service]
Type=simple
User=deploy
Group=deploy
WorkingDirectory=/opt/pakashop/services/backend
Environment=NODE_ENV=production
EnvironmentFile=/opt/pakashop/.env.production
ExecStart=/usr/bin/node src/index.js
Restart=always
RestartSec=5
StandardOutput=journal
StandardError=journal
SyslogIdentifier=pakashop-backend

# Resource limits
LimitNOFILE=65536

# Security hardening (commented out until tested)
# NoNewPrivileges=true
# ProtectSystem=strict
# ProtectHome=true
# ReadWritePaths=/opt/pakashop/services/backend/tmp

[Install]
WantedBy=multi-user.target
`;
    expect(unit).to.equal(expected);
  });

  it('has the sudoers file to the letter, and the deploy user may do that and no more', () => {
    const rules = production.exec(['cat', '/etc/sudoers.d/deploy']).split('\n');
    expect(rules.filter((line) => line.startsWith('deploy'))).to.deep.equal([
      'deploy ALL=(ALL) NOPASSWD: /bin/systemctl restart pakashop-*',
      'deploy ALL=(ALL) NOPASSWD: /bin/systemctl reload nginx',
      'deploy ALL=(ALL) NOPASSWD: /opt/pakashop/scripts/deploy.sh',
    ]);
    asDeploy('sudo', '-n', '/bin/systemctl', 'restart', 'pakashop-coupon.service');
    expect(() => asDeploy('sudo', '-n', '/bin/systemctl', 'stop', 'pakashop-coupon.service')).to.throw(
      /password is required/,
    );
  });

  it('runs 19 units, a checkout of its branch, and an env file of canaries', () => {
    const { services, environments: branches } = readInventory();
    const units = production.exec([
      'systemctl',
      'list-units',
      '--state=running',
      '--plain',
      '--no-legend',
      'pakashop-*',
    ]);
    expect(units.trim().split('\n')).to.have.length(services.length).and.length(19);
    for (const name of environments) {
      const git = (...args: string[]): string =>
        labMachine(name)
          .exec(['runuser', '-u', 'deploy', '--', 'git', '-C', '/opt/pakashop', ...args])
          .trim();
      expect(git('symbolic-ref', '--short', 'HEAD')).to.equal(branches[name]?.branch);
      expect(git('rev-parse', 'HEAD')).to.equal(git('rev-parse', `origin/${branches[name]?.branch ?? ''}`));
      expect(git('status', '--porcelain')).to.equal('');
      const envFile = labMachine(name).exec(['cat', `/opt/pakashop/.env.${name}`]);
      expect(envFile).to.include(`JWT_SECRET=${canary(name, 'JWT_SECRET')}`);
    }
  });

  it('logs JSON to the journal, which the deploy user may read', async () => {
    await get('/api/v1/pricing/');
    const lines = asDeploy('journalctl', '-q', '-o', 'cat', '-u', 'pakashop-pricing', '-n', '1');
    expect(JSON.parse(lines)).to.include({ level: 30, name: 'pricing' });
  });

  for (const { name } of readInventory().services.filter((service) => service.name !== 'gateway'))
    it(`reaches ${name} through nginx and the gateway`, async () => {
      const { status, body } = await get(`/api/v1/${name}/health`);
      expect(status).to.equal(200);
      expect(JSON.parse(body)).to.include({ status: 'ok', service: name });
    });

  it('serves /static/ and redirects to HTTPS', async () => {
    const { status, headers } = await get('/static/logo.svg');
    expect(status).to.equal(200);
    expect(headers['cache-control']).to.include('public, immutable');
    const redirect = production.exec(['curl', '-qsi', '-H', 'Host: pakashop.store', 'http://localhost/x']);
    expect(redirect).to.match(/^HTTP\/1.1 301 [^]*\nLocation: https:\/\/pakashop.store\/x/);
  });

  it('speaks WebSocket with tracking, through nginx and the gateway', async () => {
    const headers = {
      ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    };
    const call = visit('/api/v1/tracking/ws', { headers });
    call.end();
    const [response, socket, head] = (await once(call, 'upgrade')) as [IncomingMessage, Socket, Buffer];
    expect(response.statusCode).to.equal(101);
    const text = Buffer.from('where is my parcel?');
    const mask = randomBytes(4);
    const masked = Buffer.from(text.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, masked]));
    let received = head;
    while (!received.includes(text))
      received = Buffer.concat([received, ...((await once(socket, 'data')) as Buffer[])]);
    socket.destroy();
  });

  it('streams events from notifications as they happen, through nginx and the gateway', async () => {
    const call = visit('/api/v1/notifications/stream', { headers: { Accept: 'text/event-stream' } });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(response.headers['content-type']).to.match(/^text\/event-stream/);
    let events = '';
    for await (const chunk of response.setEncoding('utf8')) {
      events += String(chunk);
      if ((events.match(/^id: /gm) ?? []).length >= 2) break;
    }
    expect(events).to.match(/^id: \d+\n/m);
  });

  it('answers 502 through the gateway for a service that is down', async () => {
    production.exec(['systemctl', 'stop', 'pakashop-reports']);
    try {
      expect((await get('/api/v1/reports/health')).status).to.equal(502);
    } finally {
      production.exec(['systemctl', 'start', 'pakashop-reports']);
    }
  });

  it('obeys a fault within a moment, and its end', async () => {
    const health = async (status: number): Promise<true | undefined> =>
      (await get('/api/v1/analytics/health')).status === status ? true : undefined;
    setFault(production, 'analytics', 'unhealthy');
    await until('analytics is unhealthy', 2000, () => health(500));
    setFault(production, 'analytics', undefined);
    await until('analytics is well', 2000, () => health(200));
  });

  it('can reach nothing outside itself', () => {
    expect(production.exec(['ip', 'route', 'show', 'default'])).to.equal('');
  });

  it('sees this checkout read-only', () => {
    expect(production.exec(['cat', '/srv/paka/package.json'])).to.equal(
      readFileSync(join(checkout, 'package.json'), 'utf8'),
    );
    expect(() => production.exec(['touch', '/srv/paka/x'])).to.throw(/Read-only/);
  });
});
