import type { HostReport, ServiceReport } from '../../status/report.js';
import { bytes, duration } from '../figures.js';
import type { Palette } from '../palette.js';
import { tableLines, type Column } from '../table.js';
import { fit, wrapped } from '../text.js';
import { harmless } from '../../text.js';
import { logLineText } from '../log-line.js';
import { DETAIL_INDENT, secondsAgo, type StatusView } from './view.js';

/** A log line that goes into a pipe or a file is cut here; on a screen, at its width. */
const LOG_WIDTH = 500;

/** Returns the table of a host's services: a row each, and below it what is wrong and its last log lines. */
export function serviceLines(host: HostReport, view: StatusView): string[] {
  const services = view.faultsOnly ? host.services.filter(needsALook) : host.services;
  if (services.length === 0) return [];
  const [titles = '', ...rows] = tableLines(columns(services, host, view), view.width);
  const details = services.map((service) => detailLines(service, view));
  return [
    fit(view.palette.quiet(titles), view.width),
    ...rows.flatMap((row, index) => [fit(row, view.width), ...(details[index] ?? [])]),
  ];
}

function columns(services: readonly ServiceReport[], host: HostReport, view: StatusView): Column[] {
  const { palette } = view;
  const { none } = palette.glyphs;
  const cells = (cell: (service: ServiceReport) => string): string[] => services.map(cell);
  const runsOtherCommit = services.some((service) => service.commit !== null && service.commit !== host.commit);
  return [
    { title: '  ', cells: cells((service) => ` ${glyph(service, palette)}`) },
    { title: 'SERVICE', cells: cells((service) => service.name) },
    { title: 'STATE', cells: cells((service) => stateCell(service, palette)) },
    { title: 'HEALTH', cells: cells((service) => healthCell(service, palette)) },
    {
      title: 'SINCE',
      cells: cells(({ since }) => (since === null ? none : duration(secondsAgo(since, host, view)))),
      align: 'right',
    },
    { title: 'RESTARTS', cells: cells(({ restarts }) => (restarts === 0 ? none : String(restarts))), align: 'right' },
    {
      title: 'MEMORY',
      cells: cells(({ memoryBytes }) => (memoryBytes === null ? none : bytes(memoryBytes))),
      align: 'right',
      leaveOut: 2,
    },
    { title: 'PORT', cells: cells((service) => portCell(service, palette)), align: 'right' },
    {
      title: 'COMMIT',
      cells: cells((service) => service.commit?.slice(0, 7) ?? none),
      // All at the commit of the host's header is the common case and needs no column on a narrow screen.
      leaveOut: runsOtherCommit ? 1 : 4,
    },
    { title: 'RUNTIME', cells: cells((service) => service.runtime), leaveOut: 5 },
    { title: 'RELEASE', cells: cells((service) => service.release ?? ''), leaveOut: 6 },
  ];
}

/** A notice may be the first sign of a fault: a crash that was restarted, a unit that will not start again. */
const needsALook = (service: ServiceReport): boolean => !service.well || service.notices.length > 0;

const isChanging = (service: ServiceReport): boolean => service.state === 'starting' || service.state === 'stopping';

function glyph(service: ServiceReport, { good, bad, caution, glyphs }: Palette): string {
  if (!service.well) return isChanging(service) ? caution(glyphs.caution) : bad(glyphs.bad);
  return service.notices.length > 0 ? caution(glyphs.caution) : good(glyphs.good);
}

function stateCell(service: ServiceReport, { good, bad, caution }: Palette): string {
  if (service.state === 'up') return good('up');
  return isChanging(service) ? caution(service.state) : bad(service.state);
}

function healthCell({ health }: ServiceReport, { bad, glyphs }: Palette): string {
  if (health === null) return glyphs.none;
  if (health.status === null) return bad('no answer');
  const text = `${health.status} ${health.ms ?? 0} ms`;
  return health.ok ? text : bad(text);
}

/** A port in parentheses is one that nothing listens on. */
function portCell({ port, listening }: ServiceReport, { bad }: Palette): string {
  return listening === false ? bad(`(${port})`) : String(port);
}

function detailLines(service: ServiceReport, { width, palette }: StatusView): string[] {
  const bar = palette.quiet(palette.glyphs.bar);
  return [
    ...service.problems.flatMap((problem) => wrapped(harmless(problem), width, DETAIL_INDENT).map(palette.bad)),
    ...service.notices.flatMap((notice) => wrapped(harmless(notice), width, DETAIL_INDENT).map(palette.caution)),
    ...service.log.map((line) =>
      fit(`${DETAIL_INDENT}${bar} ${palette.quiet(harmless(logLineText(line), LOG_WIDTH))}`, width),
    ),
  ];
}
