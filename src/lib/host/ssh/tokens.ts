import { homedir, userInfo } from 'node:os';

/** The values of percent tokens, by their letter: "TOKENS" in ssh_config(5). */
export type Tokens = Readonly<Record<string, string>>;

/** Returns the home directory as ssh knows it: that of the password database; `$HOME` where that has no entry. */
export function sshHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}

/** Returns `value` with its percent tokens replaced. A token without a value here stays as it is. */
export function expandTokens(value: string, tokens: Tokens): string {
  return value.replace(/%(.)/g, (token, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? token)));
}

/** Returns the path that a value of the ssh config means: `~/` and tokens expanded. `ssh -G` does this for some options only. */
export function expandPath(value: string, tokens: Tokens): string {
  return expandTokens(value.replace(/^~(?=\/|$)/, sshHome()), tokens);
}
