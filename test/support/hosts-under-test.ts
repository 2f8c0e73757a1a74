import { homedir } from 'node:os';
import { LocalHost } from '../../src/lib/host/local-host.js';
import type { Host } from '../../src/lib/host/host.js';
import { SshHost } from '../../src/lib/host/ssh/ssh-host.js';
import { labMachine } from '../lab/lab.js';
import { labEnvironment } from './paka.js';
import { SSHD_HOST, TestSshd, whyNoSshd } from './sshd.js';

/** A kind of host that the contract of Host is tested on. */
export interface HostUnderTest {
  readonly title: string;
  /** Why it cannot be tested on this machine, or undefined where it can. */
  readonly unavailable: string | undefined;
  /** Gets the machine ready; `open` then returns a new Host each time. */
  setUp(): Promise<{ open(): Host; tearDown(): Promise<void> }>;
}

const local: HostUnderTest = {
  title: 'LocalHost',
  unavailable: process.platform === 'linux' ? undefined : 'this is not Linux',
  setUp: async () =>
    Promise.resolve({
      open: () => new LocalHost('here', { ...process.env, PAKA_SSH_KEY: 'a secret' }),
      tearDown: async () => Promise.resolve(),
    }),
};

const privateSshd: HostUnderTest = {
  title: 'SshHost (a private sshd)',
  unavailable: whyNoSshd(),
  setUp: async () => {
    const sshd = await TestSshd.start({ config: [`SetEnv HOME=${homedir()}`] });
    const env = sshd.clientEnv();
    return { open: () => new SshHost(SSHD_HOST, env), tearDown: async () => sshd.stop() };
  },
};

/** The real thing: a host with systemd, PAM and an ordinary user. Only where the lab is up, which `npm test` sees to. */
const labHost: HostUnderTest = {
  title: 'SshHost (a host of the lab)',
  unavailable: labMachine('staging').leader === undefined ? 'the lab is not up' : undefined,
  setUp: async () =>
    Promise.resolve({
      open: () => new SshHost('pakashop-staging', labEnvironment()),
      tearDown: async () => Promise.resolve(),
    }),
};

export const hostsUnderTest: readonly HostUnderTest[] = [local, privateSshd, labHost];
