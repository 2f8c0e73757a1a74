import type { NodeSSH } from 'node-ssh';
import type ssh2 from 'ssh2';

export interface SshLibrary {
  readonly NodeSSH: typeof NodeSSH;
  readonly ssh2: typeof ssh2;
}

let loading: Promise<SshLibrary> | undefined;

/** Loads node-ssh and the ssh2 below it, once: 80 ms that only a command over SSH pays, and beside `ssh -G` and the TCP connection. */
export async function loadLibrary(): Promise<SshLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SshLibrary> {
  const [{ NodeSSH }, { default: ssh2 }] = await Promise.all([import('node-ssh'), import('ssh2')]);
  return { NodeSSH, ssh2 };
}
