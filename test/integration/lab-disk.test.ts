import { expect } from 'chai';
import { labMachine, rebootHost, servicesReady } from '../lab/lab.js';
import { until } from '../lab/system.js';
import { runAsDeploy } from '../support/lab-host.js';

const staging = labMachine('staging');
const asDeploy = (...argv: string[]): string => runAsDeploy(staging, ...argv);

/** Renames directories of the checkout away and back, and exchanges one for a link and back: 2 is RENAME_EXCHANGE. */
const renames = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def exchange(a, b):
    if libc.renameat2(-100, a.encode(), -100, b.encode(), 2) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), a)
os.chdir("/opt/pakashop")
for name in ["services/coupon", "services", ".git", "services/reports/node_modules"]:
    os.rename(name, "away")
    os.rename("away", name)
os.symlink("elsewhere", "away")
for name in ["services/coupon", "services"]:
    exchange("away", name)
    assert os.path.islink(name)
    exchange("away", name)
os.unlink("away")
`;

describe('the disk of a host of the lab', () => {
  it('lets the deploy user rename and exchange directories of the checkout', () => {
    asDeploy('python3', '-c', renames);
    expect(asDeploy('git', '-C', '/opt/pakashop', 'status', '--porcelain')).to.equal('');
  });

  it('has Perl, as every host with git', () => {
    expect(asDeploy('perl', '-e', 'print 1')).to.equal('1');
  });
});

describe('a reboot of a host of the lab', () => {
  const boots = '/home/deploy/boots';
  const bootsSeen = (): number => Number(asDeploy('sh', '-c', 'touch "$1" && wc -l <"$1"', 'boots', boots).trim());
  const identity = (): string => staging.exec(['cat', '/etc/machine-id', '/etc/ssh/ssh_host_ed25519_key.pub']);
  const earlierBoot = (): string => staging.exec(['journalctl', '-q', '-b', '-1', '-o', 'cat', '_PID=1']);

  before(() => {
    asDeploy('sh', '-c', 'echo "@reboot echo booted >>$1" | crontab -', 'crontab', boots);
  });

  after(async () => {
    asDeploy('sh', '-c', 'crontab -r; rm -f "$1"', 'crontab', boots);
    await servicesReady(staging);
  });

  for (const how of ['power cut', 'in order'] as const)
    it(`(${how}) leaves its disk as it was, and runs the jobs of @reboot`, async () => {
      const before = { identity: identity(), boots: bootsSeen() };
      asDeploy('touch', '/opt/pakashop/services/backend/tmp/kept');
      await rebootHost('staging', how);
      asDeploy('rm', '/opt/pakashop/services/backend/tmp/kept');
      expect(identity()).to.equal(before.identity);
      await until('the job of @reboot has run', 5000, () => (bootsSeen() === before.boots + 1 ? true : undefined));
      await servicesReady(staging);
      expect(/Power[- ]Off/.test(earlierBoot())).to.equal(how === 'in order');
    });
});
