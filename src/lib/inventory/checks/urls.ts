import type { Finding, Path } from '../fault.js';
import { maskPasswords, quote } from '../quote.js';
import type { InventoryDraft } from './draft-services.js';

/** URLs can be used, and no password stands in the inventory: it is in git, and everybody may read it. */
export function* checkUrls(draft: InventoryDraft): Generator<Finding> {
  if (draft.repository !== undefined && hasPassword(draft.repository)) {
    yield {
      path: ['repository'],
      message: `${quote(draft.repository)} has a password in it: use an SSH address`,
    };
  }
  for (const [name, environment] of Object.entries(draft.environments ?? {})) {
    for (const [index, endpoint] of (environment?.endpoints ?? []).entries()) {
      const path = ['environments', name, 'endpoints', index, 'url'];
      yield* checkUrl(endpoint?.url, path, 'an endpoint answers without');
    }
  }
  for (const [index, dependency] of (draft.dependencies ?? []).entries()) {
    const url = dependency?.url;
    if (url?.startsWith('$')) continue;
    yield* checkUrl(url, ['dependencies', index, 'url'], 'move it to the env file, write $NAME here');
    if (url !== undefined && dependency?.health !== undefined && !/^https?:/.test(url)) {
      const message = `"health" is asked over HTTP, but the URL is ${quote(url)}`;
      yield { path: ['dependencies', index, 'health'], message };
    }
  }
}

function* checkUrl(url: string | undefined, path: Path, advice: string): Generator<Finding> {
  if (url === undefined) return;
  if (hasPassword(url)) yield { path, message: `${quote(url)} has a password in it: ${advice}` };
  else if (!URL.canParse(url) || new URL(url).hostname === '') yield { path, message: `${quote(url)} is not a URL` };
}

/** Where a URL cannot be parsed, its password may be why: one that is not encoded. */
function hasPassword(address: string): boolean {
  if (!address.includes('://')) return false;
  if (!URL.canParse(address)) return maskPasswords(address) !== address;
  const { password, searchParams } = new URL(address);
  return password !== '' || searchParams.has('password');
}
