import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sh } from './system.js';

const source = fileURLToPath(new URL('shop/repository-parts/vendor/csv-line', import.meta.url));

export interface VendoredPackage {
  readonly name: string;
  readonly version: string;
  /** Its path in the service's directory. */
  readonly file: string;
  readonly integrity: string;
}

/**
 * Packs the one package that a service depends on into the service's directory: `npm ci` then has something to
 * install, and needs no registry. The archive is the same byte for byte each time, or the commit ids would not be.
 */
export function vendorInto(service: string): VendoredPackage {
  const { name, version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as VendoredPackage;
  const file = `vendor/${name}-${version}.tgz`;
  const staging = join(service, 'package');
  cpSync(source, staging, { recursive: true });
  mkdirSync(join(service, 'vendor'));
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rw,go=r,a+X'];
  sh('tar', ['-C', service, ...fixed, '--format=ustar', '-cf', join(service, file), 'package']);
  rmSync(staging, { recursive: true });
  const hash = createHash('sha512').update(readFileSync(join(service, file)));
  return { name, version, file, integrity: `sha512-${hash.digest('base64')}` };
}
