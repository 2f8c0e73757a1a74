import type { HostRunReport, RunReport } from '../../deploy/report.js';
import { harmless } from '../../text.js';
import { logLineText } from '../log-line.js';
import { fit, wrapped } from '../text.js';
import { DETAIL_INDENT, type ReportView } from './parts.js';

/** A log line that goes into a pipe or a file is cut here; on a screen, at its width. */
const LOG_WIDTH = 500;

/** Returns why a run failed, the log lines that show it, and what could not be undone. */
export function failureLines({ hosts }: RunReport, view: ReportView): string[] {
  return hosts.flatMap((host) => hostFailureLines(host, hosts.length > 1, view));
}

function hostFailureLines({ name, failure }: HostRunReport, isOneOfMany: boolean, view: ReportView): string[] {
  if (failure === null) return [];
  const { width, palette } = view;
  const { bad, quiet, glyphs } = palette;
  const { reason, log, left } = failure;
  // The reason of a lost connection begins with the host's name already.
  const where = isOneOfMany && !reason.startsWith(`${name}:`) ? `${name}: ` : '';
  const [first = '', ...rest] = reason.split('\n').map((line) => harmless(line));
  return [
    ...wrapped(`${glyphs.bad} ${where}${first}`, width, '').map(bad),
    ...rest.flatMap((line) => wrapped(line, width, DETAIL_INDENT)),
    ...log.map((line) =>
      fit(`${DETAIL_INDENT}${quiet(glyphs.bar)} ${quiet(harmless(logLineText(line), LOG_WIDTH))}`, width),
    ),
    ...(left === null ? [] : wrapped(`${glyphs.bad} could not be undone: ${harmless(left)}`, width, '').map(bad)),
  ];
}
