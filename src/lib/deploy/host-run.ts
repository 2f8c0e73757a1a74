import type { Host } from '../host/host.js';
import { lastLines } from '../host/text.js';
import { Holder } from '../holder/holder.js';
import type { ServiceProgress, StepOutcome } from '../holder/outcomes.js';
import { PakaError } from '../errors.js';
import { limited } from '../limited.js';
import { evidenceCommand, parseEvidence, type Evidence } from '../restart/evidence.js';
import { RunFailedError } from './errors.js';
import type { Emit, Phase } from './events.js';
import { factsRequest, type DeployFacts } from './facts.js';
import { holderNotes } from './holder-notes.js';
import { adoptionLine, endLine, startLine, type RunDetails, type RunResult } from './ledger.js';
import { WORKSPACE } from './build-steps.js';
import type { HostPlan } from './plan.js';
import type { RunFailure } from './report.js';
import { parseFacts } from './parse-facts.js';
import { releasesToPrune } from './retention.js';
import * as steps from './steps.js';
import type { DeployTarget } from './target.js';
import type { Actor } from './actor.js';

/** For the facts of a host: the origin may have much to send. */
const FACTS_LIMIT_MS = 320_000;
const BUILD_LINES = 20;

export interface LookOptions {
  readonly ref: string | undefined;
  readonly fetch: boolean;
}

/** One run on one host: what is known, what is planned, and how far it is. Each method is one part of the run. */
export class HostRun {
  facts!: DeployFacts;
  plan!: HostPlan;
  /** Of the run: the lock, the ledger and the new release bear it. The same on all hosts. */
  id: string | undefined;
  /** The switch has begun and is neither final nor undone. */
  isSwitched = false;
  isAdopted = false;
  result: RunResult | undefined;
  failure: RunFailure | undefined;
  readonly warnings: string[] = [];
  readonly progress = new Map<string, { last: ServiceProgress; began: number; ended: number }>();
  readonly built = new Set<string>();
  #holder: Holder | undefined;
  #lookedAt = 0;

  constructor(
    readonly host: Host,
    readonly target: DeployTarget,
    private readonly actor: Actor,
    readonly emit: Emit,
  ) {}

  /** The host's own time: a wrong clock here must not show in its ledger. */
  get now(): Date {
    return new Date(this.facts.now.getTime() + performance.now() - this.#lookedAt);
  }

  /** Gathers the facts: one round trip. Under the lock where it is held. */
  async look(options: LookOptions, signal?: AbortSignal): Promise<void> {
    await this.phase('look', async () => {
      const { command, input } = factsRequest(this.target, options);
      const outcome = this.#holder
        ? await this.#holder.step(command, { input, kind: 'raw' })
        : await this.#run({ command, input }, signal);
      const facts = parseFacts(outcome.output, this.target);
      if (facts === undefined)
        throw new PakaError(
          `${this.host.name}: the program that looks at the host did not finish: ${outcome.output.slice(-300)}`,
        );
      this.facts = facts;
      this.#lookedAt = performance.now();
    });
  }

  /** Returns the units of the plan that this user may not restart. */
  async unitsRefused(signal?: AbortSignal): Promise<string[]> {
    const units = this.plan.services.map(({ service }) => service.unit);
    if (units.length === 0) return [];
    const { output } = await this.#run(steps.mayRestartStep(units), signal);
    if (!output.endsWith('end\n'))
      throw new PakaError(
        `${this.host.name}: whether services may be restarted could not be found out: ${output.slice(-300)}`,
      );
    return output.split('\n').filter((line) => line !== '' && line !== 'end');
  }

  /** Takes the lock, and says in the ledger what begins. */
  async take(waitSeconds: number, signal: AbortSignal): Promise<void> {
    await this.phase('lock', async () => {
      const { root, envFile } = this.target;
      const { who, run } = this.actor;
      const { id, kind } = this.plan;
      const options = { root, id, who, run, kind, envFile, waitSeconds, observer: holderNotes(this) };
      this.#holder = await Holder.take(this.host, options, signal);
      // Another run may have had this id in the same second.
      this.id = this.#holder.id;
      this.plan = { ...this.plan, id: this.id };
      const { before, rootBefore } = this.plan;
      await this.#holder.begin(startLine(this.#details(before, rootBefore), this.now));
    });
  }

  /** Makes a plain checkout into releases, where it is one. */
  async adopt(): Promise<void> {
    const { adopt, before } = this.plan;
    if (adopt === undefined) return;
    await this.phase('adopt', async () => {
      const details = { ...this.#details(before, adopt.id), id: adopt.id, to: adopt.commit };
      const { code, output } = await this.#step(steps.adoptStep(this.target, adopt, adoptionLine(details, this.now)));
      if (code !== 0)
        throw this.#failed('adopt', null, `the checkout could not be made into a release (exit code ${code})`, output);
      this.isAdopted = true;
    });
  }

  /** Makes the new release and builds in it what has to be built, at most `parallel` at a time. */
  async build(parallel: number): Promise<void> {
    const { release, builds } = this.plan;
    if (release === undefined) return;
    await this.phase('prepare', async () => {
      const { code, output } = await this.#step(steps.prepareStep(this.target, release));
      if (code !== 0) throw this.#failed('prepare', null, 'the new release could not be made', output);
    });
    await this.phase(
      'build',
      async () => {
        // The packages that all share come first.
        const first = builds.filter(({ name }) => name === WORKSPACE);
        await limited(first, 1, async (one) => this.#buildOne(one));
        await limited(
          builds.filter((one) => !first.includes(one)),
          parallel,
          async (one) => this.#buildOne(one),
        );
        const { code, output } = await this.#step(steps.completeStep(this.target, release));
        if (code !== 0) throw this.#failed('build', null, 'the new release could not be completed', output);
      },
      builds.length,
    );
  }

  /** Runs a hook in the release of its service. */
  async hook(phase: 'hook' | 'after'): Promise<void> {
    const { beforeSwitch, afterDeploy } = this.target.hooks;
    const hook = phase === 'hook' ? beforeSwitch : afterDeploy;
    if (hook === undefined) return;
    const inNew = this.plan.release?.built[hook.service] !== undefined;
    const release = inNew ? this.plan.id : this.plan.after[hook.service];
    if (release === undefined) return;
    await this.phase(phase, async () => {
      const { code, output } = await this.#step(steps.hookStep(this.target, hook, release));
      if (code === 0) return;
      const name = phase === 'hook' ? 'beforeSwitch' : 'afterDeploy';
      throw this.#failed(phase, hook.service, `the hook ${name} failed with exit code ${code}: ${hook.run}`, output);
    });
  }

  /** Flips and restarts what the plan says, in waves. Throws RunFailedError with what shows why one is not well. */
  async switch(parallel: number): Promise<void> {
    const { from, to } = this.plan;
    const items = steps.switchItems(this.plan);
    if (items.length === 0 && from === to) return;
    await this.phase(
      'switch',
      async () => {
        const began = this.now;
        const outcome = await this.#held.switch(items, { parallel, branch: this.target.branch, commit: to });
        this.isSwitched = outcome.ok || outcome.begun;
        if (outcome.ok) return;
        const service = this.target.services.find(({ name }) => name === outcome.service);
        const evidence = service && (await this.#evidence(service.unit, began));
        const reason = [outcome.reason, evidence?.reason]
          .filter((text) => text !== undefined && text !== '')
          .join('; ');
        throw new RunFailedError(this.host.name, {
          phase: 'switch',
          service: outcome.service ?? null,
          reason: service === undefined ? reason : `${service.name}: ${reason}`,
          log: evidence?.log ?? [],
          left: null,
        });
      },
      this.plan.services.length,
    );
  }

  /** Takes the switch back and says so in the ledger. */
  async undo(reason: string): Promise<void> {
    await this.phase('undo', async () => {
      const left = await this.#held.undo();
      this.isSwitched = false;
      const result = left === undefined ? 'rolled-back' : 'undo-failed';
      await this.#end(result, left === undefined ? reason : `${reason}; not undone: ${left}`);
      if (left === undefined) return;
      if (this.failure) this.failure = { ...this.failure, left };
      else this.failure = { phase: 'undo', service: null, reason: 'it could not be undone', log: [], left };
    });
  }

  /** Ends the run in the ledger where nothing was switched. */
  async fail(reason: string): Promise<void> {
    await this.#end('failed', reason);
  }

  /** Makes the run final. */
  async commit(reason: string | null = null): Promise<void> {
    await this.phase('record', async () => {
      const { after, rootAfter } = this.plan;
      const line = endLine(this.#details(after, rootAfter), this.now, 'ok', reason);
      let trouble: string | undefined;
      if (this.isSwitched) trouble = await this.#held.commit(line);
      else await this.#held.end(line);
      this.isSwitched = false;
      this.result = 'ok';
      if (trouble === undefined) return;
      const untold = `all runs, but the branch could not be moved to ${this.plan.to.slice(0, 7)}: ${trouble}`;
      this.failure = { phase: 'record', service: null, reason: untold, log: [], left: null };
    });
  }

  /** Deletes releases that nobody needs any more. A failure is a warning: the run is done. */
  async prune(): Promise<void> {
    const ids = releasesToPrune(this.facts, this.plan);
    if (ids.length === 0) return;
    await this.phase('prune', async () => {
      const { code, output } = await this.#step(steps.pruneStep(this.target, ids));
      const said = lastLines(Buffer.from(output), 3);
      if (code !== 0) this.warnings.push(`old releases could not all be deleted: ${said.join(' / ')}`);
      else this.warnings.push(...said.map((line) => `an old release was kept: ${line}`));
    });
  }

  /** Stops the run, and waits until the host has taken back what it switched. */
  async abort(reason: string): Promise<void> {
    if (this.#holder === undefined || this.result === 'ok') return;
    const { undoFailures } = await this.#holder.abort(reason);
    if (undoFailures === undefined) return;
    this.result = 'undo-failed';
    this.failure = { phase: 'undo', service: null, reason, log: [], left: undoFailures };
  }

  /** Takes the lock and lets it go: what an ended run left half done is put right by that. */
  async putRight(waitSeconds: number, signal: AbortSignal): Promise<void> {
    const { root, envFile } = this.target;
    const options = { root, envFile, waitSeconds, ...this.actor, id: this.plan.id, kind: this.plan.kind };
    const holder = await Holder.take(this.host, { ...options, observer: holderNotes(this) }, signal);
    await holder.leave();
  }

  /** Lets go of the lock. */
  async leave(): Promise<void> {
    await this.#holder?.leave();
    this.#holder = undefined;
  }

  /** Does a part of the run and tells when it begins and how it ends. */
  async phase(phase: Phase, work: () => Promise<void>, total?: number): Promise<void> {
    const { name: host } = this.host;
    this.emit({ type: 'phase', host, phase, state: 'began', ...(total !== undefined && { total }) });
    try {
      await work();
      this.emit({ type: 'phase', host, phase, state: 'ended' });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.emit({ type: 'phase', host, phase, state: 'failed', detail });
      throw error;
    }
  }

  async #buildOne(build: HostPlan['builds'][number]): Promise<void> {
    const { name } = build;
    const { name: host } = this.host;
    this.emit({ type: 'build', host, name, state: 'began' });
    const { code, output } = await this.#step(steps.buildStep(this.target, build));
    if (code === 0) {
      this.built.add(name);
      this.emit({ type: 'build', host, name, state: 'ended' });
      return;
    }
    this.emit({ type: 'build', host, name, state: 'failed', detail: `exit code ${code}` });
    throw this.#failed('build', name, `the build of ${name} failed with exit code ${code}`, output);
  }

  async #end(result: RunResult, reason: string): Promise<void> {
    const { before, rootBefore } = this.plan;
    await this.#held.end(endLine(this.#details(before, rootBefore), this.now, result, reason));
    this.result = result;
  }

  async #evidence(unit: string, since: Date): Promise<Evidence | undefined> {
    try {
      const { output } = await this.#held.step(evidenceCommand(unit, since), { kind: 'shown' });
      return parseEvidence(output, this.now);
    } catch {
      // The failure itself counts; what would have shown more of it does not.
      return undefined;
    }
  }

  #failed(phase: Phase, service: string | null, reason: string, output: string): RunFailedError {
    const log = lastLines(Buffer.from(output), BUILD_LINES);
    return new RunFailedError(this.host.name, { phase, service, reason, log, left: null });
  }

  #details(services: RunDetails['services'], root: string | null): RunDetails {
    const { id, kind, from, to, state } = this.plan;
    return { id, kind, from, to, services, root, ...this.actor, ...(state !== undefined && { state }) };
  }

  async #step({ command, input }: steps.Step): Promise<StepOutcome> {
    return this.#held.step(command, { input });
  }

  async #run({ command, input }: steps.Step, signal?: AbortSignal): Promise<StepOutcome> {
    const { exit, stdout, stderr } = await this.host.run(command, { input, signal, timeoutMs: FACTS_LIMIT_MS });
    return { code: exit.code ?? -1, output: stdout.toString() || stderr.toString() };
  }

  get #held(): Holder {
    if (this.#holder === undefined) throw new Error(`${this.host.name}: the lock is not held`);
    return this.#holder;
  }
}
