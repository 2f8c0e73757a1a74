import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/**
 * Compares text with the file of that name under test/unit/output/golden. UPDATE_GOLDEN=1 writes the file instead:
 * then read its diff before committing it.
 */
export function expectGolden(name: string, text: string): void {
  const file = fileURLToPath(new URL(`../unit/output/golden/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1`).to.equal(true);
  expect(`${text}\n`).to.equal(readFileSync(file, 'utf8'));
}
