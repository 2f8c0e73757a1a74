import { sh } from './system.js';

/** Who makes a commit, and when: now, where no date is given. */
export interface Authorship {
  readonly author: string;
  readonly date?: string;
}

/**
 * Runs git in a directory without the user's and the machine's own settings (signing, templates, hooks), and returns its
 * standard output; throws with its standard error where it fails.
 */
export function git(directory: string, args: readonly string[], variables: readonly string[] = []): string {
  const settings = ['GIT_CONFIG_GLOBAL=/dev/null', 'GIT_CONFIG_NOSYSTEM=1', ...variables];
  return sh('env', [...settings, 'git', '-C', directory, ...args]);
}

/** Commits all that a checkout holds and returns the commit's full id; throws where nothing has changed. */
export function commitAll(directory: string, message: string, { author, date }: Authorship): string {
  const email = `${author.toLowerCase().split(' ').join('.')}@pakashop.store`;
  const variables = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    `GIT_${role}_NAME=${author}`,
    `GIT_${role}_EMAIL=${email}`,
    ...(date === undefined ? [] : [`GIT_${role}_DATE=${date}`]),
  ]);
  git(directory, ['add', '--all']);
  git(directory, ['commit', '--quiet', `--message=${message}`], variables);
  return git(directory, ['rev-parse', 'HEAD']).trim();
}
