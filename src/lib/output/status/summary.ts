import type { EnvironmentReport, HostReport, ServiceReport } from '../../status/report.js';
import { count } from '../figures.js';
import { wrapped } from '../text.js';
import { harmless } from '../../text.js';
import type { StatusView } from './view.js';

/** Returns the closing line of an environment: what is wrong, by name, for it is what a scrolled screen still shows. */
export function summaryLines(environment: EnvironmentReport, { width, palette }: StatusView): string[] {
  const { good, bad, strong, glyphs } = palette;
  const many = environment.hosts.length > 1;
  const faults = [
    ...environment.hosts.flatMap((host) => {
      const list = hostFaults(host).join('; ');
      return list === '' ? [] : [many && host.error === undefined ? `${host.name}: ${list}` : list];
    }),
    ...environment.endpoints.filter(({ ok }) => !ok).map(({ name }) => `${name} not well from outside`),
  ];
  const glyph = faults.length === 0 ? good(glyphs.good) : bad(glyphs.bad);
  const parts = [tally(environment), ...faults.map((line) => harmless(line))].filter((part) => part !== '');
  return wrapped(`${glyph} ${strong(environment.name)}  ${parts.join('; ')}`, width, '');
}

function tally(environment: EnvironmentReport): string {
  const services = environment.hosts.flatMap((host) => host.services);
  const well = services.filter((service) => service.well).length;
  return services.length === 0 ? '' : `${well} of ${count(services.length, 'service')} well`;
}

function hostFaults(host: HostReport): string[] {
  if (!host.reachable) return [`${host.name} cannot be reached`];
  if (host.error !== undefined) return [`${host.name}: ${host.error}`];
  return [
    // What to do about one stands in the lines after its first.
    ...(host.problems ?? []).map((problem) => problem.split('\n')[0] ?? ''),
    ...byFault(host.services.filter(({ well }) => !well).map((service) => [fault(service), service.name])),
    ...byFault(
      (host.dependencies ?? [])
        .filter(({ ok }) => ok !== true)
        .map(({ name, ok }) => [ok === null ? 'not known' : 'not well', name]),
    ),
  ];
}

/** Names that have the same fault share it: "fraud, coupon crash-looping". */
function byFault(faults: readonly (readonly [fault: string, name: string])[]): string[] {
  return [...new Set(faults.map(([text]) => text))].map((text) => {
    const names = faults.filter((one) => one[0] === text).map(([, name]) => name);
    return `${names.join(', ')} ${text}`;
  });
}

function fault(service: ServiceReport): string {
  if (service.state !== 'up') return service.state;
  return service.listening === false ? 'not listening' : 'unhealthy';
}
