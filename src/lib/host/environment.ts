/** A process environment: names and values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the environment for a child process: without paka's own variables, among which are a private key and host keys. */
export function childEnvironment(env: Environment): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('PAKA_'),
  );
  return Object.fromEntries(entries);
}
