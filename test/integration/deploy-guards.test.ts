import { expect } from 'chai';
import { onAdoptedHost } from '../support/adopted-host.js';
import { labMachine } from '../lab/lab.js';
import { sh } from '../lab/system.js';
import { deployWell, entryOf, failing, ledgerOf, ROOT, runPaka, stateOf, withInventory } from '../support/deploying.js';
import { runAsDeploy } from '../support/lab-host.js';
import { labEnvironment, paka } from '../support/paka.js';
import { touchPath, touchService } from '../support/shop-changes.js';
import { breakOrigin, commitToShop, headOfShop, mendOrigin, resetShop } from '../support/shop.js';

const production = labMachine('production');
const git = (...args: string[]): string => runAsDeploy(production, 'git', '-C', ROOT, ...args).trim();

describe('what a deploy refuses to begin with', () => {
  let older: string;

  const shop = onAdoptedHost(async () => {
    older = shop.original;
    commitToShop('production', touchService('fraud'), 'Fraud');
    await deployWell('production');
  });

  /** Refused with this message and fix, exit 1, and nothing changed: neither a link, nor a process, nor the ledger. */
  async function expectRefusal(message: RegExp, hint: RegExp, args: readonly string[] = [], env = {}): Promise<void> {
    const [before, ledger] = [stateOf('production'), ledgerOf('production').length];
    const error = await failing(['deploy', 'production', ...args], { env });
    expect(error.code).to.equal(1);
    expect(error.message).to.match(message);
    expect(error.hint)
      .to.match(/^Nothing was changed\./)
      .and.to.match(hint);
    expect(stateOf('production')).to.deep.equal(before);
    expect(ledgerOf('production')).to.have.length(ledger);
  }

  it('another branch on the host than the environment has', async () => {
    git('symbolic-ref', 'HEAD', 'refs/heads/main');
    git('update-ref', 'refs/heads/main', 'refs/heads/production');
    try {
      await expectRefusal(
        /^pakashop-production: branch main is checked out, but production is deployed from production$/,
        /symbolic-ref HEAD refs\/heads\/production/,
      );
    } finally {
      git('symbolic-ref', 'HEAD', 'refs/heads/production');
    }
  });

  it('a commit that is not on the branch', async () => {
    const other = commitToShop('main', touchPath('README.md'), 'On main alone');
    git('fetch', '--quiet', 'origin', 'refs/heads/main:refs/heads/elsewhere');
    await expectRefusal(
      new RegExp(`commit ${other.slice(0, 7)} is not on production`),
      /Merge it into production and push/,
      ['--ref', other],
    );
  });

  it('a commit that is not there', async () => {
    await expectRefusal(/the repository has no commit 0123456789/, /Has it been pushed/, ['--ref', '0123456789']);
  });

  it('one older than what runs, unless --allow-older says so', async () => {
    await expectRefusal(/commit \w{7} is older than \w{7}, which runs/, /--allow-older/, ['--ref', older]);
    const back = await runPaka(['deploy', 'production', '--ref', older.slice(0, 12), '--allow-older']);
    expect(back.code).to.equal(0);
    expect(stateOf('production').head).to.equal(older);
    await deployWell('production');
  });

  it('a branch whose history was rewritten', async () => {
    const head = headOfShop('production');
    resetShop('production', older);
    commitToShop('production', touchPath('README.md'), 'Another history');
    await expectRefusal(/does not contain \w{7}, which runs: production was rewritten/, /--allow-older/);
    resetShop('production', head);
  });

  it('an origin that does not answer, in the words of git', async () => {
    breakOrigin();
    try {
      await expectRefusal(
        /the origin cannot be fetched from:\n.*does not appear to be a git repository/,
        /git -C \/opt\/pakashop fetch origin production/,
      );
    } finally {
      mendOrigin();
    }
  });

  it('a shallow clone', async () => {
    const file = `${ROOT}/.git/shallow`;
    production.exec(['runuser', '-u', 'deploy', '--', 'sh', '-c', `git -C ${ROOT} rev-parse HEAD >${file}`]);
    try {
      await expectRefusal(/the clone is shallow/, /fetch --unshallow/);
    } finally {
      production.exec(['rm', '-f', file]);
    }
  });

  it('a unit that the host does not have', async () => {
    const env = withInventory((inventory) => {
      entryOf(inventory, 'fraud')['unit'] = 'pakashop-frod.service';
    });
    await expectRefusal(/the host has no unit pakashop-frod.service/, /daemon-reload/, [], env);
  });

  it('a unit that works elsewhere than services.json says', async () => {
    const env = withInventory((inventory) => {
      entryOf(inventory, 'fraud')['path'] = 'services/frod';
    });
    await expectRefusal(
      /pakashop-fraud.service works in \/opt\/pakashop\/services\/fraud, not in \/opt\/pakashop\/services\/frod/,
      /WorkingDirectory=/,
      [],
      env,
    );
  });

  it('a service that the commit does not have', async () => {
    const head = headOfShop('production');
    commitToShop('production', (directory) => sh('rm', ['-r', `${directory}/services/fraud`]), 'No fraud any more');
    await expectRefusal(/has no services\/fraud, where fraud should be/, /"path" of fraud/);
    resetShop('production', head);
  });

  it('no env file', async () => {
    production.exec(['mv', `${ROOT}/.env.production`, `${ROOT}/.env.away`]);
    try {
      await expectRefusal(/\/opt\/pakashop\/\.env\.production is missing/, /chmod 600/);
    } finally {
      production.exec(['mv', `${ROOT}/.env.away`, `${ROOT}/.env.production`]);
    }
  });

  it('files that root owns', async () => {
    production.exec(['touch', `${ROOT}/services/of-root`]);
    try {
      await expectRefusal(
        /not everything under \/opt\/pakashop belongs to deploy \(root owns services\/of-root\)/,
        /sudo chown -R deploy: \/opt\/pakashop/,
      );
    } finally {
      production.exec(['rm', '-f', `${ROOT}/services/of-root`]);
    }
  });

  it('a missing right to restart, before anything is touched', async () => {
    const rules = production.exec(['cat', '/etc/sudoers.d/deploy']);
    const fewer = rules.replace('restart pakashop-*', 'restart pakashop-config.service');
    production.exec(['sh', '-c', 'cat >/etc/sudoers.d/deploy'], { input: fewer });
    commitToShop('production', touchService('coupon'), 'Coupon');
    try {
      await expectRefusal(
        /deploy may not restart pakashop-coupon.service/,
        /NOPASSWD: \/bin\/systemctl restart pakashop-coupon\.service/,
      );
    } finally {
      production.exec(['sh', '-c', 'cat >/etc/sudoers.d/deploy'], { input: rules });
    }
    await deployWell('production');
  });

  it('something in the way that git does not track', async () => {
    commitToShop('production', (directory) => sh('sh', ['-c', 'echo new >"$1/notes.txt"', 'x', directory]), 'Notes');
    production.exec(['runuser', '-u', 'deploy', '--', 'sh', '-c', `echo mine >${ROOT}/notes.txt`]);
    try {
      await expectRefusal(/\/opt\/pakashop\/notes\.txt would be replaced/, /move it away/);
      expect(production.exec(['cat', `${ROOT}/notes.txt`])).to.equal('mine\n');
    } finally {
      production.exec(['rm', `${ROOT}/notes.txt`]);
    }
    await deployWell('production');
    expect(production.exec(['cat', `${ROOT}/notes.txt`])).to.equal('new\n');
  });

  it('an environment that is not named, or unknown', async () => {
    const none = await failing(['deploy']);
    expect(none.code).to.equal(2);
    expect(none.message).to.equal('deploy needs an environment: staging or production');
    const unknown = await failing(['deploy', 'prod']);
    expect(unknown.code).to.equal(2);
    expect(unknown.message).to.include('"prod" is not an environment');
  });

  it('with --local, another user than the one who deploys', () => {
    const script = 'cd / && paka deploy production --local --json; echo "exit $?"';
    const output = production.exec(['sh', '-c', script]);
    expect(output)
      .to.match(/this is user root, but deploy deploys here/)
      .and.to.match(/exit 1\n$/);
  });
});

describe('paka deploy on the host itself, and to look at', () => {
  onAdoptedHost();

  it('does the same with --local, without SSH', () => {
    const commit = commitToShop('production', touchService('loyalty'), 'Loyalty');
    const output = runAsDeploy(production, 'sh', '-c', 'cd / && paka deploy --local production --json');
    expect(output).to.match(/"result": "ok"/);
    expect(stateOf('production').versions['loyalty']).to.equal(commit);
  });

  it('takes the host for its own environment where none is named', () => {
    expect(runAsDeploy(production, 'sh', '-c', 'cd / && paka deploy')).to.match(
      /● production {2}nothing to do: \w{7} runs/,
    );
  });

  it('undoes on the host itself, too, when it is killed in the middle', async () => {
    commitToShop('production', touchService('loyalty'), 'Loyalty again');
    const before = stateOf('production');
    // The holder is no child of the terminal: it outlives paka, takes the switch back, and lets go.
    const script = `cd / && { paka deploy --local >/tmp/deploy.out & } ; pid=$!; for i in $(seq 500); do grep -q 'loyalty restarting' /tmp/deploy.out && break; sleep 0.05; done; pkill -KILL -f '^node .*run.js deploy'; wait; for i in $(seq 300); do flock -n ${ROOT}/.paka/lock true && break; sleep 0.1; done; tail -n 1 ${ROOT}/.paka/deploys.jsonl`;
    const last = runAsDeploy(production, 'bash', '-c', script);
    expect(last, last).to.match(/"result":"interrupted"/);
    expect(stateOf('production').versions).to.deep.equal(before.versions);
    await deployWell('production');
  });

  it('shows with --dry-run the plan and every command of it, does none of it, and does that very plan then', async () => {
    commitToShop('production', touchService('search'), 'Search');
    const [before, ledger] = [stateOf('production'), ledgerOf('production').length];
    const planned = await runPaka(['deploy', 'production', '--dry-run']);
    expect(planned.code).to.equal(0);
    expect(planned.report).to.include({ dryRun: true, result: 'planned' });
    expect(planned.host.commands?.join('\n'))
      .to.match(/git worktree add/)
      .and.to.match(/go build -o bin\/search/)
      .and.to.match(/sudo -n \/bin\/systemctl restart pakashop-search.service/);
    expect(stateOf('production')).to.deep.equal(before);
    expect(ledgerOf('production')).to.have.length(ledger);
    expect(
      production.exec([
        'sh',
        '-c',
        `ls ${ROOT}/.paka/releases | wc -l; git -c safe.directory='*' -C ${ROOT} for-each-ref refs/paka | wc -l`,
      ]),
    ).to.match(/^\d+\n0\n$/);
    const text = await paka(['deploy', 'production', '--dry-run']);
    expect(text.stdout).to.include('sudo -n /bin/systemctl restart pakashop-search.service');
    const done = await deployWell('production');
    expect(done.host.services.map(({ name, why }) => [name, why])).to.deep.equal(
      planned.host.services.map(({ name, why }) => [name, why]),
    );
  });

  it('asks on a terminal before it deploys to production, and does nothing where the answer is no', () => {
    commitToShop('production', touchService('search'), 'Search again');
    const before = stateOf('production');
    const { PAKA_SSH_CONFIG, PAKA_SERVICES } = labEnvironment();
    const onTerminal = (answer: string): string => {
      const call = `TERM=xterm PAKA_SSH_CONFIG=${PAKA_SSH_CONFIG ?? ''} PAKA_SERVICES=${PAKA_SERVICES ?? ''} CI= node bin/run.js deploy production; echo "exit $?"`;
      return sh('sh', ['-c', `(sleep 2; echo ${answer}; sleep 9) | script -qec '${call}' /dev/null`]);
    };
    const declined = onTerminal('n');
    expect(declined)
      .to.match(/Deploy this\? \[y\/N\]/)
      .and.to.match(/search/)
      .and.to.match(/not confirmed: nothing was changed/);
    expect(declined).to.match(/exit 130/);
    expect(stateOf('production')).to.deep.equal(before);
    const accepted = onTerminal('y');
    expect(accepted).to.match(/exit 0/);
    expect(stateOf('production').versions['search']).to.equal(headOfShop('production'));
  }).timeout(60_000);
});
