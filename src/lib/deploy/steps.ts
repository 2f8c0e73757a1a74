import type { Command } from '../host/command.js';
import { hostProgram, programCommand } from '../host/program.js';
import type { SwitchItem } from '../holder/switch-item.js';
import type { Hook } from '../inventory/inventory.js';
import { environmentFilePart } from '../systemd/environment-file.js';
import { mayRestartPrefix } from '../systemd/privileged.js';
import type { BuildStep } from './build-steps.js';
import type { HostPlan } from './plan.js';
import { linkTarget, releasePath, type ReleaseMarker } from './release.js';
import type { DeployTarget } from './target.js';

/** A host program with its standard input. */
export interface Step {
  readonly command: Command;
  readonly input: string;
}

/** A program of this folder behind the parts that it is put together with; `title` is what logs call it. */
function step(
  file: string,
  args: readonly string[],
  {
    records = [],
    parts = [],
    title = file,
  }: { records?: readonly (readonly string[])[]; parts?: readonly string[]; title?: string } = {},
): Step {
  const text = [...parts, hostProgram(file, import.meta.url).text].join('\n');
  return {
    command: programCommand({ name: title, text }, ...args),
    input: records.map((fields) => `${fields.join('\x1f')}\n`).join(''),
  };
}

const exchangePart = (): string => hostProgram('exchange.sh', import.meta.url).text;

/** Returns what makes a plain checkout into the release `marker`; `line` goes into the ledger. */
export function adoptStep(target: DeployTarget, marker: ReleaseMarker, line: string): Step {
  const services = target.services.map(({ path }) => ['service', path]);
  const args = [target.root, marker.id, JSON.stringify(marker), line];
  return step('adopt.sh', args, { records: [...services, ...sharedRecords(target)], parts: [exchangePart()] });
}

/** Returns what makes the directory of a new release. */
export function prepareStep(target: DeployTarget, { id, commit }: ReleaseMarker): Step {
  return step('prepare.sh', [target.root, id, commit], { records: sharedRecords(target), parts: [exchangePart()] });
}

/** Returns what builds one service, or the workspace. */
export function buildStep(target: DeployTarget, { name, directory, reuse, commands }: BuildStep): Step {
  const lines = commands.flatMap(({ line, install }) => [install ? 'install' : 'run', line]);
  return step('build.sh', [target.root, directory, reuse ?? '', ...lines], { title: `build of ${name}` });
}

/** Returns what marks a release as complete. */
export function completeStep(target: DeployTarget, marker: ReleaseMarker): Step {
  return step('complete.sh', [target.root, marker.id, JSON.stringify(marker)]);
}

/** Returns what runs a hook in the directory that its service has after this run. */
export function hookStep(target: DeployTarget, hook: Hook, release: string): Step {
  const path = target.services.find(({ name }) => name === hook.service)?.path ?? '';
  const args = [target.root, releasePath(release, path), target.envFile, hook.run];
  return step('hook.sh', args, { parts: [environmentFilePart()], title: 'hook' });
}

/** Returns what deletes releases that are not needed any more. */
export function pruneStep(target: DeployTarget, ids: readonly string[]): Step {
  return step('prune.sh', [target.root, ...ids]);
}

/** Returns what prints the units that may not be restarted, and `end`. */
export function mayRestartStep(units: readonly string[]): Step {
  const { command } = step('may-restart.sh', mayRestartPrefix);
  return { command, input: units.map((unit) => `${unit}\n`).join('') };
}

/** Returns what a plan switches, in its order: services in waves, and then the links of all else. */
export function switchItems(plan: HostPlan): SwitchItem[] {
  const last = Math.max(0, ...plan.services.map(({ wave }) => wave)) + 1;
  return [
    ...plan.services.map(({ service, now, wave }) => ({
      name: service.name,
      unit: service.unit,
      link: { path: service.path, target: linkTarget(service.path, now) },
      port: service.port,
      health: service.health,
      limitSeconds: service.startSeconds,
      wave,
    })),
    ...plan.links.map((link) => ({ name: link.path, link, wave: last })),
  ];
}

/** `shared PATH STORE TARGET` for each path that outlives releases; TARGET is STORE as seen from a release's PATH. */
function sharedRecords({ services }: DeployTarget): string[][] {
  return services.flatMap(({ path, shared }) =>
    shared.map((each) => {
      const inRelease = `${path}/${each}`;
      const depth = inRelease.split('/').length + 1;
      return ['shared', inRelease, `.paka/shared/${inRelease}`, `${'../'.repeat(depth)}shared/${inRelease}`];
    }),
  );
}
