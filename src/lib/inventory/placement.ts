/** Which hosts of an environment a command talks to, and how. */
export interface Placement {
  readonly hosts: readonly { readonly name: string; readonly local: boolean }[];
  /** Set where only this machine is talked to though the environment has more hosts. */
  readonly hostsInAll?: number;
}

export interface PlacementOptions {
  /** `--local` was given. */
  readonly local: boolean;
  /** This machine is a host of the environment: its env file lies under root here. */
  readonly onHost: boolean;
  readonly hostname: string;
}

/**
 * Returns where an environment's hosts are reached: on one of its own hosts only that machine, without SSH; elsewhere
 * all of them. This machine keeps the name the inventory gives it, where one of the hosts is called as it is.
 */
export function placeHosts(hosts: readonly string[], { local, onHost, hostname }: PlacementOptions): Placement {
  if (!local && !onHost) return { hosts: hosts.map((name) => ({ name, local: false })) };
  const own = hosts.find((host) => host.slice(host.indexOf('@') + 1) === hostname);
  const name = own ?? (hosts.length === 1 ? hosts[0] : undefined) ?? hostname;
  return { hosts: [{ name, local: true }], ...(hosts.length > 1 && { hostsInAll: hosts.length }) };
}
