import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sh } from './system.js';

/**
 * Issues the shop's certificate anew by the image's authority, for the host's address too: in the lab no name
 * resolves, so clients ask for the address.
 */
export function issueCertificate(root: string, address: string): void {
  const ca = join(root, 'var/lib/lab/ca');
  const names = join(ca, 'names.ext');
  writeFileSync(names, `subjectAltName=DNS:pakashop.store,DNS:www.pakashop.store,IP:${address}\n`);
  sh('openssl', [
    ...['x509', '-req', '-in', join(ca, 'pakashop.csr'), '-CA', join(ca, 'ca.crt'), '-CAkey', join(ca, 'ca.key')],
    ...['-CAcreateserial', '-days', '90', '-extfile', names, '-out', join(root, 'etc/ssl/certs/pakashop.crt')],
  ]);
}
