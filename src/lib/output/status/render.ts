import type { EnvironmentReport, StatusReport } from '../../status/report.js';
import { environmentIsWell } from '../../status/well.js';
import { count } from '../figures.js';
import { paletteFor } from '../palette.js';
import type { Terminal } from '../terminal.js';
import { hostLines } from './host.js';
import { endpointLines } from './lists.js';
import { summaryLines } from './summary.js';
import type { StatusView } from './view.js';

export interface StatusRendering {
  readonly terminal: Terminal;
  readonly now: Date;
  readonly faultsOnly: boolean;
}

/** Returns the status of all environments for a person to read, without a final newline. */
export function renderStatus(report: StatusReport, { terminal, now, faultsOnly }: StatusRendering): string {
  const view: StatusView = { width: terminal.width, palette: paletteFor(terminal), now, faultsOnly };
  const blocks = report.environments
    .filter((environment) => !faultsOnly || !environmentIsWell(environment) || hasNotices(environment))
    .map((environment) => environmentLines(environment, view));
  const summary = report.environments.flatMap((environment) => summaryLines(environment, view));
  return [...blocks, summary].map((lines) => lines.join('\n')).join('\n\n');
}

function hasNotices({ hosts }: EnvironmentReport): boolean {
  return hosts.some((host) => [host, ...host.services].some(({ notices = [] }) => notices.length > 0));
}

function environmentLines(environment: EnvironmentReport, view: StatusView): string[] {
  const { name, branch, hosts, hostsInAll } = environment;
  const { strong, quiet } = view.palette;
  const partly = hostsInAll === undefined ? '' : `, ${hosts.length} of ${count(hostsInAll, 'host')}`;
  return [
    `${strong(name)}  ${quiet(`branch ${branch}${partly}`)}`,
    ...hosts.flatMap((host, index) => [...(index === 0 ? [] : ['']), ...hostLines(host, view)]),
    ...endpointLines(environment, view),
  ];
}
