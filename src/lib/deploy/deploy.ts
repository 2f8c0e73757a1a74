import type { Environment } from '../inventory/inventory.js';
import { placeHosts } from '../inventory/placement.js';
import type { Scope } from '../inventory/scope.js';
import { UsageError } from '../errors.js';
import { openHost } from '../host/open.js';
import { currentActor } from './actor.js';
import type { Emit } from './events.js';
import type { RunReport } from './report.js';
import type { Goal } from './request.js';
import { performRun } from './run.js';
import type { DeployTarget } from './target.js';

export interface RunOptions {
  readonly goal: Goal;
  readonly parallel: number;
  readonly waitSeconds: number;
  readonly dryRun: boolean;
  /** Shown the plan; absent: nobody is asked. */
  readonly confirm?: ((plan: RunReport) => Promise<boolean>) | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Deploys to, or rolls back, the one environment of the scope: see performRun for what it returns and throws. */
export async function deployOrRollback(scope: Scope, options: RunOptions): Promise<RunReport> {
  const environment = oneEnvironment(scope, options.goal.kind);
  const { ownEnvironment, local, hostname, env } = scope;
  const onHost = environment.name === ownEnvironment?.name;
  const { hosts: places, hostsInAll } = placeHosts(environment.hosts, { local, onHost, hostname });
  const hosts = places.map((place) => openHost(place.name, { local: place.local, env }));
  const { confirm, ...rest } = options;
  try {
    return await performRun({
      ...rest,
      ...(confirm && { confirm }),
      target: deployTarget(scope, environment),
      hosts,
      actor: await currentActor(env),
      ...(hostsInAll !== undefined && { hostsInAll }),
    });
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

/** Returns the one environment that a command which changes something is about. Throws UsageError where it is not clear. */
export function oneEnvironment({ environments }: Pick<Scope, 'environments'>, command: string): Environment {
  const [environment, another] = environments;
  const names = environments.map(({ name }) => name);
  if (environment === undefined || another !== undefined)
    throw new UsageError(`${command} needs an environment: ${names.join(' or ')}`, {
      hint: `  paka ${command} ${names[0] ?? 'ENVIRONMENT'}\nPAKA_ENV can name one for good.`,
    });
  return environment;
}

function deployTarget({ inventory }: Scope, { name, branch, envFile }: Environment): DeployTarget {
  const { root, user, services, deploy } = inventory;
  return { environment: name, root, user, branch, envFile, services, hooks: deploy.hooks };
}
