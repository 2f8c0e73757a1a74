import { command } from '../host/command.js';
import { quoteCommand } from '../host/quote.js';
import { restartUnit } from '../systemd/privileged.js';
import type { HostRun } from './host-run.js';
import { goodStates } from './ledger.js';
import { isEmpty, type HostPlan } from './plan.js';
import type { HostRunReport, RunReport, ServiceRunReport } from './report.js';
import { linkTarget, releasePath } from './release.js';
import type { RunRequest } from './request.js';
import type { DeployTarget } from './target.js';

/** Returns what is to be told of a run: as it stands, or as it is planned. */
export function runReport(
  { target, actor, goal, dryRun, hostsInAll }: RunRequest,
  runs: readonly HostRun[],
  { planned = false, recovered = false, seconds }: { planned?: boolean; recovered?: boolean; seconds: number },
): RunReport {
  const hosts = runs.map((run) => (recovered ? recoveredReport(run) : hostReport(run, planned)));
  const [first] = runs;
  const failed = hosts.find(({ failure }) => failure !== null)?.failure ?? null;
  const result = worst(hosts.map((host) => host.result));
  return {
    ok: ['ok', 'nothing to do', 'planned'].includes(result) && failed === null,
    environment: target.environment,
    kind: goal.kind,
    id: first?.plan.id ?? '',
    from: first?.plan.from ?? '',
    to: first?.plan.to ?? '',
    subject: first?.plan.subject ?? '',
    who: actor.who,
    run: actor.run,
    dryRun,
    nothingToDo: result === 'nothing to do',
    result,
    reason: failed?.reason ?? null,
    hosts,
    ...(hostsInAll !== undefined && { hostsInAll }),
    seconds,
  };
}

/** All that was done is that an interrupted run was taken back. */
function recoveredReport(run: HostRun): HostRunReport {
  const again = 'an interrupted run was taken back: the last good state runs; once more to go further back';
  return { ...hostReport(run, false), result: 'nothing to do', services: [], warnings: [again] };
}

function hostReport(run: HostRun, planned: boolean): HostRunReport {
  const { plan } = run;
  const result = run.result ?? (planned ? 'planned' : isEmpty(plan) ? 'nothing to do' : 'interrupted');
  return {
    name: run.host.name,
    result: run.result === 'ok' && isEmpty(plan) ? 'nothing to do' : result,
    adopted: planned ? plan.adopt !== undefined : run.isAdopted,
    services: plan.services.map((service) => serviceReport(service, run, planned)),
    unchanged: plan.unchanged,
    log: run.result === undefined ? null : `${run.target.root}/.paka/log/${plan.id}.log`,
    warnings: run.warnings,
    notes: plan.notes,
    leaves: goodStates(run.facts.ledger).at(-1)?.id ?? plan.adopt?.id ?? null,
    failure: run.failure ?? null,
    ...(planned && { commands: commandsOf(run.target, plan), links: plan.links }),
  };
}

function serviceReport(
  { service, was, now, why, builds }: HostPlan['services'][number],
  run: HostRun,
  planned: boolean,
): ServiceRunReport {
  const seen = run.progress.get(service.name);
  const outcome = planned ? 'planned' : outcomeOf(run, service.name, seen?.last, builds);
  const stands = outcome === 'deployed' || outcome === 'restarted' || outcome === 'rolled back';
  return {
    name: service.name,
    was: was ?? null,
    now: planned || stands ? now : (was ?? null),
    why,
    outcome,
    built: run.built.has(service.name),
    restarted: seen !== undefined,
    healthy: seen?.last.step === 'well',
    seconds: seen === undefined ? null : (seen.ended - seen.began) / 1000,
  };
}

function outcomeOf(
  run: HostRun,
  name: string,
  last: { step: string; undoing: boolean } | undefined,
  builds: boolean,
): ServiceRunReport['outcome'] {
  if (run.result === 'ok') return run.plan.kind === 'rollback' ? 'rolled back' : builds ? 'deployed' : 'restarted';
  if (last === undefined) return 'not reached';
  if (run.result === undefined) return 'not known';
  const isCulprit = run.failure?.service === name;
  if (last.undoing) return last.step !== 'well' ? 'undo failed' : isCulprit ? 'failed, undone' : 'undone';
  return isCulprit ? 'failed, undone' : 'undone';
}

/** Of several hosts, what happened to the whole. */
function worst(results: readonly RunReport['result'][]): RunReport['result'] {
  const order = ['undo-failed', 'interrupted', 'rolled-back', 'failed', 'planned', 'ok', 'nothing to do'] as const;
  return order.find((result) => results.includes(result)) ?? 'nothing to do';
}

/** Returns all that a plan runs on its host, as lines that can be read: the commands are those that a run executes. */
export function commandsOf({ root, branch, hooks }: DeployTarget, plan: HostPlan): string[] {
  const lines: string[] = [];
  if (plan.adopt) lines.push(`make the checkout at ${root} into release ${plan.adopt.id}; each path stays, as a link`);
  if (plan.release) {
    lines.push(`git worktree add --detach ${root}/${releasePath(plan.id)} ${plan.release.commit}`);
    for (const { directory, commands, reuse } of plan.builds) {
      if (reuse !== undefined) lines.push(`cp -al ${root}/${reuse}/node_modules ${root}/${directory}/`);
      for (const { line, install } of commands)
        if (!install || reuse === undefined) lines.push(`cd ${root}/${directory} && ${line}`);
    }
  }
  const hook = (name: 'beforeSwitch' | 'afterDeploy'): string[] => {
    const { service, run } = hooks[name] ?? {};
    return plan.kind === 'rollback' || run === undefined
      ? []
      : [`${run}   # ${name}, in the release of ${service ?? ''}`];
  };
  if (plan.services.length > 0) lines.push(...hook('beforeSwitch'));
  for (const { service, now } of plan.services) {
    lines.push(
      `ln -sfn ${linkTarget(service.path, now)} ${root}/${service.path}`,
      quoteCommand(restartUnit(service.unit)),
    );
  }
  for (const { path, target } of plan.links)
    lines.push(
      quoteCommand(
        target === undefined ? command('rm', `${root}/${path}`) : command('ln', '-sfn', target, `${root}/${path}`),
      ),
    );
  if (plan.from !== plan.to) lines.push(`git -C ${root} update-ref refs/heads/${branch} ${plan.to}`);
  return [...lines, ...hook('afterDeploy')];
}
