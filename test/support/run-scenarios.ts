import type { Phase, RunEvent } from '../../src/lib/deploy/events.js';
import type { ServiceProgress } from '../../src/lib/holder/outcomes.js';

/** An event and when it comes, in milliseconds from the start. */
export interface Timed {
  readonly at: number;
  readonly event: RunEvent;
}

/** The shop's services, in the waves of its inventory. */
export const shopServices: readonly (readonly string[])[] = [
  ['config'],
  ['backend', 'fraud', 'pricing', 'search', 'coupon', 'loyalty', 'invoicing', 'notifications', 'tracking'],
  ['gateway', 'moderation', 'recommendations', 'reports', 'analytics', 'scheduler', 'settlement', 'whatsapp'],
  ['reconciliation'],
];

const phase = (host: string, at: number, name: Phase, state: 'began' | 'ended' | 'failed', detail?: string): Timed => ({
  at,
  event: { type: 'phase', host, phase: name, state, ...(detail !== undefined && { detail }) },
});
const span = (host: string, from: number, to: number, name: Phase): Timed[] => [
  phase(host, from, name, 'began'),
  phase(host, to, name, 'ended'),
];
const note = (host: string, at: number, text: string, tone: 'plain' | 'caution' | 'bad' = 'caution'): Timed => ({
  at,
  event: { type: 'note', host, tone, text },
});
const build = (
  host: string,
  at: number,
  name: string,
  state: 'began' | 'ended' | 'failed',
  detail?: string,
): Timed => ({
  at,
  event: { type: 'build', host, name, state, ...(detail !== undefined && { detail }) },
});
const service = (host: string, at: number, progress: Partial<ServiceProgress> & { name: string }): Timed => ({
  at,
  event: { type: 'service', host, progress: { step: 'well', detail: '', undoing: false, ...progress } },
});
/** One that restarts, answers, is watched, and is well. */
const switched = (host: string, at: number, name: string, undoing = false): Timed[] => [
  service(host, at, { name, undoing, step: 'restarting' }),
  service(host, at + 300, { name, undoing, step: 'checking' }),
  service(host, at + 800, { name, undoing, step: 'watching' }),
  service(host, at + 3800, { name, undoing, step: 'well' }),
];

function begin(host: string, at = 0): Timed[] {
  return [
    ...span(host, at, at + 800, 'look'),
    ...span(host, at + 900, at + 1000, 'lock'),
    ...span(host, at + 1000, at + 1400, 'look'),
    ...span(host, at + 1400, at + 1800, 'prepare'),
  ];
}

function success(host = 'pakashop-production', at = 0): Timed[] {
  return [
    ...begin(host, at),
    phase(host, at + 1800, 'build', 'began'),
    build(host, at + 1800, 'backend', 'began'),
    build(host, at + 1800, 'fraud', 'began'),
    build(host, at + 3900, 'fraud', 'ended'),
    build(host, at + 4900, 'backend', 'ended'),
    phase(host, at + 5000, 'build', 'ended'),
    ...span(host, at + 5000, at + 6200, 'hook'),
    phase(host, at + 6200, 'switch', 'began'),
    ...switched(host, at + 6200, 'backend'),
    ...switched(host, at + 6600, 'fraud'),
    phase(host, at + 10_500, 'switch', 'ended'),
    ...span(host, at + 10_500, at + 10_600, 'record'),
    ...span(host, at + 10_600, at + 10_900, 'prune'),
  ];
}

/** All 19 are built and switched, four at a time, and old releases are deleted. */
function everything(host = 'pakashop-production', at = 0): Timed[] {
  const names = shopServices.flat();
  const builds = names.flatMap((name, index) => {
    const from = at + 1800 + Math.floor(index / 4) * 900;
    return [build(host, from, name, 'began'), build(host, from + 600 + (index % 4) * 90, name, 'ended')];
  });
  const start = at + 6500;
  let next = start;
  const services = shopServices.flatMap((wave) => {
    const wavesStart = next;
    next += Math.ceil(wave.length / 4) * 800 + 200;
    return wave.flatMap((name, index) =>
      switched(host, wavesStart + Math.floor(index / 4) * 800 + (index % 4) * 40, name),
    );
  });
  const end = Math.max(...services.map((timed) => timed.at)) + 100;
  return [
    ...begin(host, at),
    phase(host, at + 1800, 'build', 'began'),
    ...builds,
    phase(host, at + 6400, 'build', 'ended'),
    phase(host, start, 'switch', 'began'),
    ...services,
    phase(host, end, 'switch', 'ended'),
    ...span(host, end, end + 100, 'record'),
    ...span(host, end + 100, end + 400, 'prune'),
  ];
}

/** fraud ends right after its start; what was switched is taken back. `left`: one cannot be. */
function failure(left: boolean): Timed[] {
  const host = 'pakashop-production';
  const ended = 'it ended right after its start';
  const taken = switched(host, 5300, 'backend', true).filter(({ at }) => !left || at < 5300 + 800);
  return [
    ...begin(host),
    phase(host, 1800, 'build', 'began'),
    build(host, 1800, 'backend', 'began'),
    build(host, 2900, 'backend', 'ended'),
    phase(host, 3000, 'build', 'ended'),
    phase(host, 3000, 'switch', 'began'),
    ...switched(host, 3000, 'backend').slice(0, 3),
    service(host, 3400, { name: 'fraud', step: 'restarting' }),
    service(host, 3700, { name: 'fraud', step: 'checking' }),
    service(host, 4900, { name: 'fraud', step: 'failed', detail: ended }),
    phase(host, 5200, 'switch', 'failed', `fraud: ${ended}; exit status 1`),
    phase(host, 5200, 'undo', 'began'),
    service(host, 5250, { name: 'fraud', undoing: true, step: 'restarting' }),
    ...taken,
    service(host, 5600, { name: 'fraud', undoing: true, step: 'well' }),
    ...(left
      ? [
          service(host, 8600, {
            name: 'backend',
            undoing: true,
            step: 'failed',
            detail: '/health gave no answer within 60 s, though port 3080 listens',
          }),
        ]
      : []),
    phase(host, 9200, 'undo', 'ended'),
  ];
}

/** Another run holds the lock at first, and had been interrupted. */
function waiting(): Timed[] {
  const host = 'pakashop-production';
  const late = success(host, 4000).filter(({ at }) => at > 4950);
  return [
    ...span(host, 0, 800, 'look'),
    phase(host, 900, 'lock', 'began'),
    note(host, 1000, 'waiting for the lock: Chanda since 2026-11-23T11:58:02Z (https://ci.example/pakashop/runs/4711)'),
    note(host, 4000, 'an earlier run left a switch unfinished: taking it back first'),
    note(host, 4800, 'an earlier run had been interrupted; all is as before it', 'plain'),
    phase(host, 4900, 'lock', 'ended'),
    ...late.filter(({ event }) => event.type !== 'phase' || event.phase !== 'lock'),
  ];
}

/** Somebody presses Ctrl-C in the middle of a switch. */
function interrupted(): Timed[] {
  const host = 'pakashop-production';
  return [
    ...success(host).filter(({ at }) => at <= 7000),
    note(host, 7400, 'stopping, and taking back what was switched …', 'plain'),
    ...switched(host, 7500, 'fraud', true),
    ...switched(host, 7600, 'backend', true),
    phase(host, 11_500, 'switch', 'failed', `${host}: the run was stopped`),
  ];
}

function checkout(): Timed[] {
  const host = 'pakashop-staging';
  const late = success(host, 500).filter(
    ({ at, event }) => at >= 1900 && (event.type !== 'phase' || event.phase !== 'look'),
  );
  return [...span(host, 0, 800, 'look'), ...span(host, 900, 1000, 'lock'), ...span(host, 1000, 1800, 'adopt'), ...late];
}

function byTime(events: readonly Timed[]): Timed[] {
  return events.toSorted((a, b) => a.at - b.at);
}

/** What a run tells while it goes on, as it was seen on real hosts, made into a story for each case. */
export const scenarios: Readonly<Record<string, readonly Timed[]>> = {
  success: byTime(success()),
  everything: byTime(everything()),
  failure: byTime(failure(false)),
  'undo-failed': byTime(failure(true)),
  waiting: byTime(waiting()),
  interrupted: byTime(interrupted()),
  adoption: byTime(checkout()),
  hosts: byTime([...everything('pakashop-1'), ...everything('pakashop-2', 250), ...success('pakashop-3', 500)]),
};

/** Returns the hosts of a scenario. */
export function hostsOf(events: readonly Timed[]): string[] {
  return [...new Set(events.map(({ event }) => event.host))];
}
