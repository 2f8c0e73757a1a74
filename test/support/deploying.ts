import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { LedgerLine } from '../../src/lib/deploy/ledger.js';
import type { HostRunReport, RunReport, ServiceRunReport } from '../../src/lib/deploy/report.js';
import { client } from '../lab/client.js';
import { labMachine, type EnvironmentName } from '../lab/lab.js';
import { readInventory } from '../lab/services.js';
import { until } from '../lab/system.js';
import { runAsDeploy } from './lab-host.js';
import { paka, type CallOptions, type Result } from './paka.js';
import { temporaryDirectory } from './temporary.js';

export const ROOT = '/opt/pakashop';

/** What one call of deploy or rollback came to. */
export interface RunResult extends Result {
  readonly report: RunReport;
  /** Of the first host. */
  readonly host: HostRunReport;
  readonly service: (name: string) => ServiceRunReport;
}

/** Runs a command that ends in a run report, with --json. Throws where it printed something else. */
export async function runPaka(args: readonly string[], options: CallOptions = {}): Promise<RunResult> {
  const result = await paka([...args, '--json'], options);
  const report = JSON.parse(result.stdout) as RunReport;
  const [host] = (report as Partial<RunReport>).hosts ?? [];
  if (host === undefined) throw new Error(`no report: ${result.stdout} ${result.stderr}`);
  const service = (name: string): ServiceRunReport => {
    const found = host.services.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the report has no ${name}: ${result.stdout}`);
    return found;
  };
  return { ...result, report, host, service };
}

/** Deploys, and fails where it does not end well. */
export async function deployWell(environment: string, ...args: string[]): Promise<RunResult> {
  const result = await runPaka(['deploy', environment, ...args]);
  expect(result.code, result.stdout + result.stderr).to.equal(0);
  return result;
}

/** What an error prints with --json. */
export async function failing(
  args: readonly string[],
  options: CallOptions = {},
): Promise<{ code: number | null; message: string; hint: string }> {
  const { code, stdout } = await paka([...args, '--json'], options);
  const { error } = JSON.parse(stdout) as { error?: { message: string; hint?: string } };
  if (error === undefined) throw new Error(`no error: ${stdout}`);
  return { code, message: error.message, hint: error.hint ?? '' };
}

type Inventory = {
  services: Record<string, unknown>[];
  environments: Record<string, Record<string, unknown>>;
  deploy?: unknown;
};

/** Writes a changed copy of the lab's inventory and returns the environment that makes paka use it. */
export function withInventory(change: (inventory: Inventory) => void): { PAKA_SERVICES: string } {
  const inventory = JSON.parse(readFileSync(client.services, 'utf8')) as Inventory;
  change(inventory);
  const file = join(temporaryDirectory('inventory'), 'services.json');
  writeFileSync(file, JSON.stringify(inventory));
  return { PAKA_SERVICES: file };
}

/** Returns the entry of a service in an inventory, to be changed. */
export function entryOf(inventory: Inventory, name: string): Record<string, unknown> {
  const entry = inventory.services.find((service) => service['name'] === name);
  if (entry === undefined) throw new Error(`no service ${name}`);
  return entry;
}

/** What a host runs: of each service its link, its invocation and the commit that its health check names. */
export interface HostState {
  readonly head: string;
  readonly links: Readonly<Record<string, string>>;
  readonly invocations: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Returns what a host of the lab runs, asked of the host itself. */
export function stateOf(environment: EnvironmentName): HostState {
  const machine = labMachine(environment);
  const services = readInventory().services;
  const script = `for s in "$@"; do
    name=\${s%:*} port=\${s#*:}
    printf '%s|%s|%s|' "$name" "$(readlink ${ROOT}/services/$name)" "$(systemctl show -P InvocationID pakashop-$name 2>/dev/null || systemctl show -p InvocationID --value pakashop-$name)"
    curl -q -s -m 3 localhost:$port/health || echo '{}'
  done`;
  const words = services.map(({ name, port }) => `${name}:${port}`);
  const lines = machine
    .exec(['bash', '-c', script, 'state', ...words])
    .trim()
    .split('\n');
  const rows = lines.map((line) => {
    const [name = '', link = '', invocation = '', answer = '{}'] = line.split('|');
    return { name, link, invocation, version: (JSON.parse(answer) as { version?: string }).version ?? '' };
  });
  const column = (pick: (row: (typeof rows)[number]) => string): Record<string, string> =>
    Object.fromEntries(rows.map((row) => [row.name, pick(row)]));
  return {
    head: runAsDeploy(machine, 'git', '-C', ROOT, 'rev-parse', 'HEAD').trim(),
    links: column(({ link }) => link),
    invocations: column(({ invocation }) => invocation),
    versions: column(({ version }) => version),
  };
}

/** Returns the services whose value differs between two columns of host states. */
export function differing(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}

/** Fails unless all 19 services of a host answer their health check, within a moment. */
export async function expectAllHealthy(environment: EnvironmentName): Promise<void> {
  const machine = labMachine(environment);
  const urls = readInventory().services.map(({ port }) => `http://localhost:${port}/health`);
  await until(`all services of ${environment} answer`, 15_000, () => {
    const codes = machine.exec([
      'sh',
      '-c',
      'for u in "$@"; do curl -q -s -m 2 -o /dev/null -w "%{http_code} " $u || true; done',
      'x',
      ...urls,
    ]);
    return codes
      .trim()
      .split(' ')
      .every((code) => code === '200')
      ? true
      : undefined;
  });
}

/** Returns the lines of a host's ledger. */
export function ledgerOf(environment: EnvironmentName): LedgerLine[] {
  const text = labMachine(environment).exec(['sh', '-c', `cat ${ROOT}/.paka/deploys.jsonl 2>/dev/null || true`]);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LedgerLine]));
}

/** Whether somebody holds the lock of a host. */
export function isLocked(environment: EnvironmentName): boolean {
  const test = `[ -e ${ROOT}/.paka/lock ] && ! flock -s -n ${ROOT}/.paka/lock true && echo held || true`;
  return labMachine(environment).exec(['sh', '-c', test]).trim() === 'held';
}

/** Resolves when the lock of a host is free. */
export async function unlocked(environment: EnvironmentName, limitMs = 25_000): Promise<void> {
  await until(`the lock of ${environment} is free`, limitMs, () => (isLocked(environment) ? undefined : true), 100);
}

/** Returns the command lines of the deploy user's processes on a host that are not the services themselves. */
export function workOf(environment: EnvironmentName): string[] {
  const list = labMachine(environment).exec(['ps', '-u', 'deploy', '-o', 'args=', '-ww']);
  const services =
    /^(?:\/usr\/bin\/node src\/index\.js|\/opt\/pakashop\/\S+|\/usr\/bin\/python3 app\.py|\(sd-pam\)|\/lib\/systemd\/systemd --user|sshd: .*)/;
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !services.test(line));
}
