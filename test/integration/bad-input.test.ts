import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StatusReport } from '../../src/lib/status/report.js';
import { client } from '../lab/client.js';
import { labMachine } from '../lab/lab.js';
import { sh, until } from '../lab/system.js';
import { paka, type Result } from '../support/paka.js';

/** What a failure must be: the exit code, words on standard error (or in the report), and no stack trace anywhere. */
function expectPlain(result: Result, code: number): void {
  expect(result.code, result.stderr + result.stdout).to.equal(code);
  expect(result.stderr + result.stdout).not.to.match(/^\s+at .*\(.*:\d+:\d+\)/m);
  expect(result.signal).to.equal(null);
}

describe('a call that is wrong', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'paka-bad-input-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const calls: [what: string, args: string[], words: RegExp][] = [
    ['an unknown command', ['stauts'], /^Error: there is no command "stauts"; did you mean "status"\?\n/],
    [
      'an unknown environment',
      ['status', 'prodction'],
      /^Error: "prodction" is not an environment; did you mean "production"\?\n/,
    ],
    ['an unknown flag', ['status', '--fautls'], /^Error: Unknown flag: --fautls\n/],
    ['a flag without its value', ['status', '--services'], /^Error: Flag --services expects a value\n/],
    ['one argument too many', ['status', 'production', 'backend'], /^Error: Unexpected argument: backend\n/],
    [
      'an inventory that is not there',
      ['status', '--services', '/nonexistent.json'],
      /\/nonexistent\.json.*there is no such file/,
    ],
    ['--local without an environment', ['status', '--local'], /^Error: --local needs an environment/],
  ];
  for (const [what, args, words] of calls) {
    it(`is told in words, exit code 2: ${what}`, async () => {
      const result = await paka(args);
      expectPlain(result, 2);
      expect(result.stdout).to.equal('');
      expect(result.stderr).to.match(words);
      expect(result.stderr.split('\n').length, 'there is a hint').to.be.above(2);
    });

    it(`is told as JSON and nothing else with --json: ${what}`, async () => {
      const result = await paka([args[0] ?? '', '--json', ...args.slice(1)]);
      expectPlain(result, 2);
      expect(result.stderr).to.equal('');
      const { ok, error } = JSON.parse(result.stdout) as { ok: boolean; error: Record<string, unknown> };
      expect(ok).to.equal(false);
      expect(error['message']).to.be.a('string');
      expect(error['exitCode']).to.equal(2);
    });
  }

  it('names line and column of broken JSON, and shows the line', async () => {
    const file = join(directory, 'broken.json');
    writeFileSync(file, readFileSync(client.services, 'utf8').replace('"root":', '"root"'));
    const result = await paka(['status', '--services', file]);
    expectPlain(result, 2);
    expect(result.stderr).to.match(/broken\.json:\d+:\d+/);
    expect(result.stderr).to.include('"root" "/opt/pakashop"');
  });

  it('names every fault of an inventory at once, each with its path', async () => {
    const file = join(directory, 'faults.json');
    const inventory = JSON.parse(readFileSync(client.services, 'utf8')) as { services: Record<string, unknown>[] };
    Object.assign(inventory.services[3] ?? {}, { port: 80800 });
    Object.assign(inventory.services[4] ?? {}, { name: 'backend', health: undefined, helth: '/health' });
    writeFileSync(file, JSON.stringify(inventory, undefined, 2));
    const result = await paka(['status'], { env: { PAKA_SERVICES: file } });
    expectPlain(result, 2);
    expect(result.stderr).to.include('services[3].port: 80800 is not a port (1-65535)');
    expect(result.stderr).to.match(/services\[4\].*"helth" is not a known key; did you mean "health"\?/);
    expect(result.stderr).to.match(/"backend" is used twice/);
  });
});

describe('a host that cannot be used', function () {
  this.timeout(40_000);
  const production = labMachine('production');
  let directory: string;
  let bare: ChildProcess;

  /** An ssh configuration with these lines for the host `odd`, beside the lab's own. */
  function config(name: string, ...lines: string[]): Record<string, string> {
    const file = join(directory, name);
    const address = production.network.address;
    const own = ['Host odd', ...lines, `HostName ${address}`, 'User deploy', `IdentityFile ${client.key}`];
    const rest = ['IdentitiesOnly yes', 'IdentityAgent none', `UserKnownHostsFile ${client.knownHosts}`];
    writeFileSync(file, [`Include ${client.sshConfig}`, ...own, ...rest, 'GlobalKnownHostsFile none', ''].join('\n'));
    return { PAKA_SSH_CONFIG: file, PAKA_PRODUCTION_HOSTS: 'odd' };
  }

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'paka-odd-host-'));
    writeFileSync(join(directory, 'empty'), '');
    sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'stranger')]);
    // A second sshd of the host, whose sessions see no systemd: what a container without an init looks like.
    const program = 'mount -t tmpfs none /run/systemd && exec /usr/sbin/sshd -D -p 2222 -o PidFile=none';
    bare = spawn('nsenter', [...(production.enterArguments ?? []), 'unshare', '-m', 'sh', '-c', program], {
      stdio: 'ignore',
    });
    await until('the second sshd listens', 5000, () =>
      production.exec(['ss', '-Hltn', 'sport = :2222']) === '' ? undefined : true,
    );
    mkdirSync(join(directory, 'ssh'));
  });
  after(() => {
    production.exec(['pkill', '-f', 'sshd -D -p 2222']);
    bare.kill();
    rmSync(directory, { recursive: true });
  });

  const cases: [what: string, lines: () => string[], ...words: RegExp[]][] = [
    ['whose port is closed', () => ['Port 1'], /odd: .*port 1 refuses connections/, /check the port/],
    [
      'whose name does not resolve',
      () => ['HostName no-such-host.invalid'],
      /no-such-host\.invalid.*(does not resolve|cannot be resolved)/,
    ],
    [
      'whose key is not known',
      () => [`UserKnownHostsFile ${join(directory, 'empty')}`],
      ...[/odd: .*key.*not known/i, /SHA256:/, /ssh-keyscan/],
    ],
  ];
  for (const [index, [what, lines, ...words]] of cases.entries())
    it(`is shown beside the good ones, exit code 3: one ${what}`, async () => {
      const result = await paka(['status'], { env: config(`config-${index}`, ...lines()) });
      expectPlain(result, 3);
      expect(result.stderr).to.equal('');
      for (const pattern of words) expect(result.stdout).to.match(pattern);
      expect(result.stdout).to.match(/\n● staging {2}19 of 19 services well\n✖ production {2}odd cannot be reached/);
    });

  it('is shown in the JSON as not reachable, with the error and no services', async () => {
    const result = await paka(['status', '--json'], { env: config('config-json', 'Port 1') });
    expectPlain(result, 3);
    const { environments } = JSON.parse(result.stdout) as StatusReport;
    expect(environments[0]?.hosts[0]?.reachable).to.equal(true);
    const [odd] = environments[1]?.hosts ?? [];
    expect(odd).to.include({ name: 'odd', reachable: false });
    expect(odd?.error).to.match(/refuses connections/);
    expect(odd?.services).to.deep.equal([]);
  });

  it('that refuses the login says what was tried', async () => {
    const env = config('config-stranger');
    const file = env['PAKA_SSH_CONFIG'] ?? '';
    writeFileSync(file, readFileSync(file, 'utf8').replace(client.key, join(directory, 'stranger')));
    const result = await paka(['status', 'production'], { env });
    expectPlain(result, 3);
    expect(result.stdout).to.match(/refused.*login.*deploy/);
    expect(result.stdout).to.include('stranger');
  });

  it('without systemd is told so', async () => {
    const env = config('config-bare', 'Port 2222', `HostKeyAlias ${production.network.address}`);
    const result = await paka(['status', 'production'], { env });
    expectPlain(result, 1);
    expect(result.stdout).to.include('systemd does not run on this host');
  });
});
