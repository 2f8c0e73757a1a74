import { expect } from 'chai';
import type { Command } from '../../../src/lib/host/command.js';
import { ConnectionLostError } from '../../../src/lib/host/errors.js';
import type { Host, Outcome, RunOptions } from '../../../src/lib/host/host.js';
import { gatherStatus } from '../../../src/lib/status/run.js';
import { factsOutput, target } from './sample.js';

/** A host that counts what it is asked and gives a prepared answer. */
class CountingHost implements Host {
  readonly transport = 'ssh';
  readonly commands: Command[] = [];

  constructor(
    readonly name: string,
    private readonly answer: string | Error,
  ) {}

  run(command: Command, options?: RunOptions): Promise<Outcome> {
    options?.signal?.throwIfAborted();
    this.commands.push(command);
    if (this.answer instanceof Error) return Promise.reject(this.answer);
    const stderr = Buffer.from('bash: line 3: systemctl: command not found\n');
    return Promise.resolve({ exit: { code: 0, signal: null }, stdout: Buffer.from(this.answer), stderr });
  }

  start(): Promise<never> {
    return Promise.reject(new Error('status streams nothing'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const request = { ...target, name: 'production', endpoints: [] };

describe('gathering the status', () => {
  it('costs one round trip a host', async () => {
    const hosts = [new CountingHost('one', factsOutput()), new CountingHost('two', factsOutput())];
    const report = await gatherStatus([{ ...request, hosts }]);
    expect(report.ok).to.equal(true);
    expect(hosts.map(({ commands }) => commands.length)).to.deep.equal([1, 1]);
  });

  it('shows a host whose connection was lost beside the others', async () => {
    const hosts = [new CountingHost('one', factsOutput()), new CountingHost('two', new ConnectionLostError('two'))];
    const report = await gatherStatus([{ ...request, hosts }]);
    expect(report.ok).to.equal(false);
    expect(report.environments[0]?.hosts.map(({ reachable }) => reachable)).to.deep.equal([true, false]);
  });

  it('never takes half an answer for an answer, and shows what the host said', async () => {
    const host = new CountingHost('one', factsOutput().slice(0, 200));
    const report = await gatherStatus([{ ...request, hosts: [host] }]);
    const [shown] = report.environments[0]?.hosts ?? [];
    expect(shown).to.include({ reachable: false });
    expect(shown?.error).to.match(/did not finish: .*systemctl: command not found/);
  });

  it('lets a defect of paka through instead of blaming the host', async () => {
    const defect = new TypeError('x is undefined');
    const hosts = [new CountingHost('one', defect)];
    const error = await gatherStatus([{ ...request, hosts }]).catch((reason: unknown) => reason);
    expect(error).to.equal(defect);
  });

  it('throws the reason of an abort', async () => {
    const reason = new Error('interrupted');
    const hosts = [new CountingHost('one', factsOutput())];
    const error = await gatherStatus([{ ...request, hosts }], { signal: AbortSignal.abort(reason) }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.equal(reason);
  });
});
