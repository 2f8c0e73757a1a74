import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitAll, git } from '../lab/git.js';
import { layout } from '../lab/layout.js';
import type { Change } from './shop-changes.js';

/** The clone that commits are made in, and the origin that the hosts fetch from. */
const clone = join(layout.shop, 'pakashop');
const origin = join(layout.shop, 'pakashop.git');
const hidden = `${origin}.away`;

/**
 * Makes a commit on top of a branch of the shop's origin, as somebody who pushes to it does, and returns its full id.
 * Throws where the lab is not up, the branch is not there, or the change changes nothing.
 */
export function commitToShop(branch: string, change: Change, message: string, author = 'Chanda Mulenga'): string {
  git(clone, ['fetch', '--quiet', 'origin']);
  // Not in the clone itself: what lies in the shop's directory is part of the recipe of the image.
  const directory = mkdtempSync(join(tmpdir(), 'paka-shop-'));
  try {
    git(clone, ['worktree', 'add', '--quiet', '--detach', directory, `origin/${branch}`]);
    change(directory);
    if (git(directory, ['status', '--porcelain']) === '') throw new Error(`"${message}" changes nothing`);
    const commit = commitAll(directory, message, { author });
    git(directory, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
    return commit;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    git(clone, ['worktree', 'prune']);
  }
}

/** Returns the full id of the commit that a branch of the origin is at; throws where there is no such branch. */
export function headOfShop(branch: string): string {
  return git(origin, ['rev-parse', '--verify', '--end-of-options', `refs/heads/${branch}`]).trim();
}

/** Puts a branch of the origin at a commit that it or the clone knows, as `git push --force` does. */
export function resetShop(branch: string, commit: string): void {
  git(clone, ['push', '--quiet', '--force', 'origin', `${commit}:refs/heads/${branch}`]);
}

/** Takes the origin away from where the hosts look for it, until `mendOrigin`. */
export function breakOrigin(): void {
  renameSync(origin, hidden);
}

/** Puts the origin back where the hosts look for it, if it is away. */
export function mendOrigin(): void {
  if (existsSync(hidden)) renameSync(hidden, origin);
}
