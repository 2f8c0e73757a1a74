import type { HostReport, LastDeploy } from '../../status/report.js';
import { bytes, duration, percent } from '../figures.js';
import { flowed, hintLines, wrapped } from '../text.js';
import { harmless } from '../../text.js';
import { dependencyLines } from './lists.js';
import { serviceLines } from './services.js';
import { DETAIL_INDENT, secondsAgo, type StatusView } from './view.js';

/** Returns a host's lines: how it is itself, then its services and dependencies; or why nothing is known of it. */
export function hostLines(host: HostReport, view: StatusView): string[] {
  const { width, palette } = view;
  if (host.error !== undefined) {
    const hint = host.hint === undefined ? [] : hintLines(host.hint, width, DETAIL_INDENT);
    const problem = host.error.split('\n').flatMap((line) => wrapped(harmless(line), width, DETAIL_INDENT));
    return [` ${palette.bad(palette.glyphs.bad)}  ${host.name}`, ...problem.map(palette.bad), ...hint];
  }
  return [
    ...headerLines(host, view),
    ...(host.problems ?? []).flatMap((problem) => remarkLines(palette.glyphs.bad, problem, view).map(palette.bad)),
    ...(host.notices ?? []).flatMap((notice) => remarkLines(palette.glyphs.caution, notice, view).map(palette.caution)),
    ...serviceLines(host, view),
    ...dependencyLines(host, view),
  ];
}

/** A remark's lines after the first are commands to copy: they are not wrapped. */
function remarkLines(glyph: string, remark: string, { width }: StatusView): string[] {
  const [first = '', ...commands] = remark.split('\n');
  return [
    ...wrapped(`${glyph}  ${harmless(first)}`, width, ' '),
    ...commands.map((line) => DETAIL_INDENT + harmless(line)),
  ];
}

function headerLines(host: HostReport, view: StatusView): string[] {
  const { width, palette } = view;
  const { commit, lastDeploy, system = {} } = host;
  const { uptimeSeconds, load, cpus, memoryBytes, memoryUsedBytes, diskBytes, diskUsedBytes } = system;
  const figures = [
    commit === undefined ? undefined : `commit ${commit.slice(0, 7)}`,
    lastDeploy === undefined ? undefined : deployInWords(lastDeploy, host, view),
    load === undefined ? undefined : `load ${load.toFixed(1)} of ${cpus ?? 1}`,
    memoryBytes === undefined || memoryUsedBytes === undefined
      ? undefined
      : `memory ${percent(memoryUsedBytes, memoryBytes)} of ${bytes(memoryBytes)}`,
    diskBytes === undefined || diskUsedBytes === undefined
      ? undefined
      : `disk ${percent(diskUsedBytes, diskBytes)} of ${bytes(diskBytes)}`,
    uptimeSeconds === undefined ? undefined : `up ${duration(uptimeSeconds)}`,
  ].filter((figure) => figure !== undefined);
  const [first, ...rest] = figures;
  const separator = palette.quiet(` ${palette.glyphs.dot} `);
  const start = `${host.name}${first === undefined ? '' : `  ${palette.quiet(first)}`}`;
  return flowed([start, ...rest.map(palette.quiet)], separator, width, '  ');
}

function deployInWords(deploy: LastDeploy, host: HostReport, view: StatusView): string {
  const who = deploy.who === undefined ? '' : ` by ${harmless(deploy.who)}`;
  const result = deploy.result === undefined || deploy.result === 'ok' ? '' : ` (${harmless(deploy.result)})`;
  return `deployed ${duration(secondsAgo(deploy.at, host, view))} ago${who}${result}`;
}
