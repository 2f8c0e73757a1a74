import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs paka: written into the ledger and the lock of a host. */
export interface Actor {
  readonly who: string;
  /** The address of the CI run, where it is one. */
  readonly run: string | null;
}

/** Returns who runs this: in CI whoever started the job and its address, elsewhere the user of git, else the login. */
export async function currentActor(env: Environment): Promise<Actor> {
  return actorOfCi(env) ?? { who: (await gitUser()) ?? login(env), run: null };
}

/** Returns whoever started a CI job, by the variables of GitHub, GitLab, and of others the word "CI"; undefined outside. */
export function actorOfCi(env: Environment): Actor | undefined {
  const set = (value: string | undefined): string | undefined =>
    value === undefined || value === '' ? undefined : value;
  if (env['GITHUB_ACTIONS'] === 'true') {
    const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
    const known = set(GITHUB_SERVER_URL) && set(GITHUB_REPOSITORY) && set(GITHUB_RUN_ID);
    return {
      who: set(env['GITHUB_ACTOR']) ?? 'GitHub Actions',
      run: known ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}` : null,
    };
  }
  if (env['GITLAB_CI'] === 'true')
    return { who: set(env['GITLAB_USER_LOGIN']) ?? 'GitLab CI', run: set(env['CI_JOB_URL']) ?? null };
  const ci = set(env['CI']);
  if (ci === undefined || ci === 'false' || ci === '0') return undefined;
  return { who: set(env['GITHUB_ACTOR']) ?? set(env['BUILD_USER']) ?? 'CI', run: set(env['BUILD_URL']) ?? null };
}

async function gitUser(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', '--get', 'user.name'], { timeout: 2000 });
    const name = stdout.trim();
    return name === '' ? undefined : name;
  } catch {
    return undefined;
  }
}

/** Under sudo the one who typed it; a user without an entry in the password database has no name but its number. */
function login(env: Environment): string {
  const sudoer = env['SUDO_USER'];
  if (sudoer !== undefined && sudoer !== '') return sudoer;
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
