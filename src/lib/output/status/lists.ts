import type { EnvironmentReport, HostReport } from '../../status/report.js';
import { flowed, wrapped } from '../text.js';
import { harmless } from '../../text.js';
import type { StatusView } from './view.js';

interface Item {
  readonly name: string;
  /** Null where it is not known. */
  readonly ok: boolean | null;
  readonly detail: string;
}

/** Returns the lines of what a host's services need. */
export function dependencyLines(host: HostReport, view: StatusView): string[] {
  const items = (host.dependencies ?? []).map(({ name, ok, ms, problem }): Item => {
    return { name, ok, detail: problem ?? (ms === undefined ? '' : `${ms} ms`) };
  });
  return listLines('dependencies', items, view);
}

/** Returns the lines of the public endpoints, as they were seen from this machine. */
export function endpointLines(environment: EnvironmentReport, view: StatusView): string[] {
  const items = environment.endpoints.map(({ name, url, ok, status, ms, tlsDays, problem }): Item => {
    const tls = tlsDays === undefined ? '' : `, certificate good for ${tlsDays} days`;
    return { name, ok, detail: ok ? `${status ?? 0} in ${ms ?? 0} ms${tls}` : `${url} ${problem ?? ''}` };
  });
  return listLines('from outside', items, view);
}

/** Those that are not well get a line each; the others share one. */
function listLines(title: string, items: readonly Item[], { width, palette, faultsOnly }: StatusView): string[] {
  const { good, bad, caution, quiet, glyphs } = palette;
  const unwell = items.filter(({ ok }) => ok !== true);
  const unwellLines = unwell.flatMap(({ name, ok, detail }) => {
    const [glyph, paint] = ok === null ? [glyphs.unknown, caution] : [glyphs.bad, bad];
    return wrapped(`${glyph}  ${name}: ${harmless(detail)}`, width, ' ').map(paint);
  });
  const well = faultsOnly ? [] : items.filter(({ ok }) => ok === true);
  if (well.length === 0) return unwellLines;
  const texts = well.map(
    ({ name, detail }) => `${good(glyphs.good)} ${name}${detail === '' ? '' : ` ${quiet(detail)}`}`,
  );
  const indent = ' '.repeat(title.length + 3);
  return [...unwellLines, ...flowed([` ${quiet(title)}  ${texts[0] ?? ''}`, ...texts.slice(1)], '  ', width, indent)];
}
