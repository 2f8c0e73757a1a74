/** One host of a ProxyJump list. */
export interface JumpHost {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
}

/** Returns one host of a ProxyJump value: `[user@]host[:port]`, an IPv6 address in brackets, or an ssh URI (ssh_config(5)). */
export function parseJump(text: string): JumpHost {
  const match = /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[(.*)\]|([^:]*))(?::(\d+))?\/?$/.exec(text.trim());
  return { user: match?.[1], host: match?.[2] ?? match?.[3] ?? text, port: match?.[4] };
}

/** Whether a host's ProxyJump is that host: a `Host *` entry that means the jump host, too. */
export function jumpsThroughItself(proxyJump: string, self: { name: string; hostname: string; port: number }): boolean {
  const { host, port } = parseJump(proxyJump);
  if (proxyJump.includes(',')) return false;
  return (host === self.name || host === self.hostname) && (port === undefined || Number(port) === self.port);
}
