import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { labMachine, rebootHost, servicesReady } from '../lab/lab.js';
import { until } from '../lab/system.js';
import {
  deployWell,
  entryOf,
  expectAllHealthy,
  isLocked,
  ledgerOf,
  ROOT,
  stateOf,
  unlocked,
  withInventory,
  workOf,
  type HostState,
} from '../support/deploying.js';
import { resetHost, runAsDeploy } from '../support/lab-host.js';
import { paka, startPaka } from '../support/paka.js';
import { proxiedConfig } from '../support/proxied.js';
import { together, touchService, withFault } from '../support/shop-changes.js';
import { commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const production = labMachine('production');

/** Puts a program in front of one of the host's own, for whatever looks it up on the PATH. */
function wrap(program: string, script: string): void {
  const file = `/usr/local/bin/${program}`;
  production.exec(['sh', '-c', `cat >${file} && chmod 755 ${file}`], { input: `#!/bin/sh\n${script}\n` });
}

function unwrap(program: string): void {
  production.exec(['rm', '-f', `/usr/local/bin/${program}`]);
}

/** Whether the host runs a process with this in its command line. */
function runs(pattern: RegExp): boolean {
  return production
    .exec(['ps', '-e', '-o', 'args=', '-ww'])
    .split('\n')
    .some((line) => pattern.test(line));
}

/** A run under way, seen from outside. */
interface Underway {
  readonly child: ChildProcess;
  readonly proxy: TcpProxy;
  output: string;
}

/** A part of a run that something happens in. */
interface Phase {
  readonly name: string;
  /** Makes the part last. */
  readonly slow?: () => void;
  readonly normal?: () => void;
  readonly reached: (run: Underway) => boolean;
  readonly inventory?: () => { PAKA_SERVICES: string };
  /** What the commit brings that is deployed. */
  readonly fault?: 'slow' | 'crash';
  /** Nothing has begun on the host yet: there is nothing to be said of it. */
  readonly unbegun?: boolean;
}

const slowFetch = {
  slow: (): void => {
    wrap('slow-upload-pack', 'sleep 2.25; exec git-upload-pack "$@"');
    runAsDeploy(production, 'git', '-C', ROOT, 'config', 'remote.origin.uploadpack', '/usr/local/bin/slow-upload-pack');
  },
  normal: (): void => {
    runAsDeploy(production, 'git', '-C', ROOT, 'config', '--unset', 'remote.origin.uploadpack');
  },
};

const phases: Phase[] = [
  { name: 'the preflight', ...slowFetch, reached: () => runs(/sleep 2\.25/) && !isLocked('production'), unbegun: true },
  { name: 'the fetch', ...slowFetch, reached: () => isLocked('production') && runs(/sleep 2\.25/) },
  {
    name: 'the adoption',
    slow: () => {
      resetHost('production');
      // Only where directories change places with links: perl reads the env file, too.
      wrap('perl', 'case "$*" in *make_path*) sleep 25.5 ;; esac; exec /usr/bin/perl "$@"');
    },
    normal: () => {
      unwrap('perl');
    },
    reached: () => runs(/sleep 25\.5/),
  },
  {
    name: 'the build',
    reached: () => runs(/sleep 7\.5/),
    inventory: () =>
      withInventory((inventory) => {
        entryOf(inventory, 'fraud')['build'] = ['sleep 7.5'];
      }),
  },
  {
    name: 'between flip and restart',
    slow: () => {
      wrap('sudo', 'case "$*" in *"-l "*) ;; *) sleep 1.75 ;; esac; exec /usr/bin/sudo "$@"');
    },
    normal: () => {
      unwrap('sudo');
    },
    reached: () => runs(/sleep 1\.75/),
  },
  {
    name: 'a health gate',
    reached: ({ output }) => /switch +\S* *fraud restarting/.test(output) && !runs(/systemctl restart pakashop/),
    fault: 'slow',
  },
  { name: 'the undo', reached: ({ output }) => /undo +fraud (?:restart|healthy)/.test(output), fault: 'crash' },
];

/** What happens to the run, and how its call ends where it does. */
interface Blow {
  readonly name: string;
  readonly strike: (run: Underway) => unknown;
  readonly code?: number;
  readonly said?: RegExp;
  /** The host itself goes down. */
  readonly reboot?: boolean;
}

const blows: Blow[] = [
  {
    name: 'SIGINT',
    strike: ({ child }) => child.kill('SIGINT'),
    code: 130,
    said: /interrupted by SIGINT|being taken back already/,
  },
  {
    name: 'SIGTERM',
    strike: ({ child }) => child.kill('SIGTERM'),
    code: 130,
    said: /interrupted by SIGTERM|being taken back already/,
  },
  { name: 'SIGKILL of paka', strike: ({ child }) => child.kill('SIGKILL') },
  {
    name: 'a cut connection',
    strike: ({ proxy }) => {
      proxy.cut();
    },
    code: 3,
  },
  {
    name: 'a silent cut',
    strike: ({ proxy, child }) => {
      proxy.silence();
      // The client learns of it much later; what counts is the host.
      setTimeout(() => child.kill('SIGKILL'), 500);
    },
  },
  { name: 'a power cut of the host', strike: () => undefined, reboot: true },
];

describe('paka deploy, interrupted', () => {
  let original: string;
  let good: string;

  before(async function () {
    this.timeout(60_000);
    mendOrigin();
    original = headOfShop('production');
    resetHost('production');
    await deployWell('production');
    good = original;
  });

  after(() => {
    for (const { normal } of phases) ignore(normal);
    resetShop('production', original);
    resetHost('production');
  });

  for (const phase of phases)
    describe(`in ${phase.name}`, () => {
      let was: HostState;
      let commit: string;

      before(function () {
        this.timeout(30_000);
        phase.slow?.();
        const change =
          phase.fault === undefined
            ? touchService('fraud')
            : together(touchService('fraud'), withFault('fraud', phase.fault));
        commit = commitToShop('production', change, `Fraud, for ${phase.name}`);
        was = stateOf('production');
      });

      for (const blow of blows)
        it(`survives ${blow.name}`, async () => {
          const proxy = await TcpProxy.start(22, production.network.address);
          const env = { PAKA_SSH_CONFIG: proxiedConfig('production', proxy.port), ...phase.inventory?.() };
          const run: Underway = { child: startPaka(['deploy', 'production'], { env }), proxy, output: '' };
          const ended = once(run.child, 'close') as Promise<[number | null]>;
          for (const stream of [run.child.stdout, run.child.stderr])
            stream?.setEncoding('utf8').on('data', (text: string) => (run.output += text));
          try {
            await until(`${phase.name} is reached`, 12_000, () => (phase.reached(run) ? true : undefined), 20).catch(
              (error: unknown) => {
                throw new Error(`${String(error)}: ${run.output}`);
              },
            );
            const runsBefore = ledgerOf('production').length;
            blow.strike(run);
            if (blow.reboot) {
              await rebootHost('production');
              run.child.kill('SIGKILL');
              await servicesReady(production);
            }
            const struck = Date.now();
            if (blow.code !== undefined) {
              const [code] = await ended;
              expect(code, run.output).to.equal(blow.code);
              if (blow.said) expect(run.output, run.output).to.match(blow.said);
            }
            await unlocked('production');
            expect(Date.now() - struck).to.be.below(22_000);
            await expectAsBefore(blow, runsBefore);
          } finally {
            run.child.kill('SIGKILL');
            await proxy.stop();
          }
        }).timeout(60_000);

      it('is put right by the next deploy', async () => {
        phase.normal?.();
        if (phase.fault !== undefined)
          commit = commitToShop('production', withFault('fraud', undefined), 'Fraud is well');
        const { report } = await deployWell('production');
        expect(report.result).to.equal('ok');
        const after = stateOf('production');
        expect(after.head).to.equal(commit);
        expect(after.versions['fraud']).to.equal(commit);
        await expectAllHealthy('production');
        expect((await paka(['status', 'production'])).code).to.equal(0);
        good = commit;
        resetShop('production', good);
      }).timeout(60_000);

      async function expectAsBefore(blow: Blow, runsBefore: number): Promise<void> {
        await until('no old work runs', 5000, () => (workOf('production').length === 0 ? true : undefined));
        await until('the switch is undone', 25_000, () => (hasUnfinishedSwitch() ? undefined : true));
        await expectAllHealthy('production');
        const after = stateOf('production');
        expect(after.versions).to.deep.equal(was.versions);
        expect(after.head).to.equal(was.head);
        if (phase.name !== 'the adoption') expect(after.links).to.deep.equal(was.links);
        if (!blow.reboot) {
          const restarted = Object.keys(after.invocations).filter(
            (name) => after.invocations[name] !== was.invocations[name],
          );
          expect(restarted.filter((name) => name !== 'fraud')).to.deep.equal([]);
        }
        was = after;
        if (phase.unbegun) return;
        const { stdout } = await paka(['status', 'production']);
        expect(stdout).to.match(phase.fault === 'crash' ? /interrupted|rolled-back/ : /interrupted/);
        const ledger = ledgerOf('production');
        expect(ledger.length).to.be.least(runsBefore);
        if (!blow.reboot)
          expect(ledger.at(-1)).to.include({
            event: 'end',
            result: phase.fault === 'crash' ? ledger.at(-1)?.result : 'interrupted',
          });
      }
    });

  it('is carried on to its end where nobody reads its output any more', async () => {
    const commit = commitToShop('production', touchService('fraud'), 'Fraud, for a pipe');
    const child = startPaka(['deploy', 'production']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(0);
    expect(stateOf('production').versions['fraud']).to.equal(commit);
  }).timeout(30_000);

  it('leaves nothing at work where the program that holds the lock is killed itself, once the next run has come', async () => {
    commitToShop('production', touchService('fraud'), 'Fraud, for a kill');
    const env = withInventory((inventory) => {
      entryOf(inventory, 'fraud')['build'] = ['sleep 61.5'];
    });
    const child = startPaka(['deploy', 'production'], { env });
    const ended = once(child, 'close') as Promise<[number]>;
    await until('the build is under way', 8000, () => (runs(/sleep 61\.5/) ? true : undefined));
    production.exec(['pkill', '-KILL', '-f', '^bash -pc .*holder']);
    const [code] = await ended;
    expect(code).to.equal(3);
    expect(isLocked('production')).to.equal(false);
    expect((await paka(['status', 'production'])).stdout).to.match(/interrupted/);
    await deployWell('production');
    expect(runs(/sleep 61\.5/)).to.equal(false);
    expect(
      ledgerOf('production').filter(({ event, result }) => event === 'end' && result === 'interrupted'),
    ).not.to.deep.equal([]);
  }).timeout(40_000);

  it('leaves at once on a second Ctrl-C, and the host still undoes', async () => {
    commitToShop('production', together(touchService('fraud'), withFault('fraud', 'slow')), 'Fraud, slow');
    const was = stateOf('production');
    const child = startPaka(['deploy', 'production']);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = once(child, 'close') as Promise<[number]>;
    await until('fraud restarts', 8000, () => (/fraud restarting/.test(output) ? true : undefined), 20);
    child.kill('SIGINT');
    await sleep(50);
    const second = Date.now();
    child.kill('SIGINT');
    const [code] = await ended;
    expect(code).to.equal(130);
    expect(Date.now() - second).to.be.below(1000);
    await unlocked('production');
    expect(stateOf('production').links).to.deep.equal(was.links);
    await expectAllHealthy('production');
  }).timeout(60_000);
});

function hasUnfinishedSwitch(): boolean {
  return production.exec(['sh', '-c', `[ -e ${ROOT}/.paka/switch ] && echo yes || true`]).trim() === 'yes';
}

function ignore(act: (() => void) | undefined): void {
  try {
    act?.();
  } catch {
    // It had been put right already.
  }
}
