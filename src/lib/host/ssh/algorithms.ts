import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/** Host key algorithms for each key type of known_hosts, best first. No SHA-1: every server since OpenSSH 7.2 has rsa-sha2. */
const HOST_KEY: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/**
 * Returns what to offer a host: modern algorithms only, the cheapest first. Every OpenSSH since 7.2 has one of each.
 * Host key types that are known for the host come first, for a host with several keys must show one that can be verified.
 */
export function algorithms(knownTypes: readonly string[]): Algorithms {
  const types = [...HOST_KEY.keys()];
  const known = types.filter((type) => knownTypes.includes(type));
  const others = types.filter((type) => !knownTypes.includes(type));
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
    ],
    serverHostKey: [...known, ...others].flatMap((type) => HOST_KEY.get(type) ?? []),
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
      'chacha20-poly1305@openssh.com',
    ],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  };
}
