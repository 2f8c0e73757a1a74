import { reusableInstall, type Standing } from './changes.js';
import type { DeployFacts } from './facts.js';
import { needsDevPackages, workspaceCommands, type BuildCommand, type Recipe } from './recipe.js';
import { releasePath } from './release.js';
import type { DeployService } from './target.js';

/** One build, in a directory of the new release. */
export interface BuildStep {
  /** The service, or WORKSPACE for the install that all share. */
  readonly name: string;
  /** Relative to root. */
  readonly directory: string;
  readonly commands: readonly BuildCommand[];
  /** A directory, relative to root, whose node_modules is taken over instead of installing. */
  readonly reuse: string | undefined;
}

export const WORKSPACE = '(workspace)';

/** Returns what builds these services in the release `id`: first what all workspaces share, then each by itself. */
export function buildSteps(
  services: readonly DeployService[],
  id: string,
  standings: ReadonlyMap<string, Standing>,
  facts: DeployFacts,
  commit: string,
  recipes: ReadonlyMap<string, Recipe>,
): BuildStep[] {
  const reuseOf = (directory: string, service: DeployService): string | undefined => {
    const standing = standings.get(service.name);
    const from = standing && reusableInstall(directory, service, standing, facts, commit);
    return from === undefined ? undefined : releasePath(from, directory);
  };
  const inWorkspace = services.filter(({ name }) => recipes.get(name)?.workspace);
  const [first] = inWorkspace;
  const needsDev = inWorkspace.some((service) => needsDevPackages(service, facts));
  const workspace: BuildStep[] =
    first === undefined
      ? []
      : [
          {
            name: WORKSPACE,
            directory: releasePath(id),
            commands: workspaceCommands(needsDev),
            reuse: needsDev
              ? undefined
              : inWorkspace.map((service) => reuseOf('', service)).find((from) => from !== undefined),
          },
        ];
  const own = services.flatMap((service): BuildStep[] => {
    const commands = recipes.get(service.name)?.commands ?? [];
    if (commands.length === 0) return [];
    // A build that goes on after its install may need what was taken out of the old node_modules again.
    const reuse = commands.every(({ install }) => install) ? reuseOf(service.path, service) : undefined;
    return [{ name: service.name, directory: releasePath(id, service.path), commands, reuse }];
  });
  return [...workspace, ...own];
}
