import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sh } from '../lab/system.js';
import { writeJson, type Change } from './shop-changes.js';

const members = ['services/coupon', 'services/loyalty'] as const;

/**
 * Returns a change that makes the repository one of npm workspaces: a manifest and a lock file at its root, none of the
 * two services any more, and coupon needs @pakashop/common by name, so that it runs only where the root was installed.
 */
export function useWorkspaces(): Change {
  return (directory) => {
    const workspaces = ['packages/*', ...members];
    writeJson(join(directory, 'package.json'), { name: 'pakashop', version: '1.0.0', private: true, workspaces });
    for (const member of members) rmSync(join(directory, member, 'package-lock.json'));
    const manifest = join(directory, 'services/coupon/package.json');
    const coupon = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> };
    coupon.dependencies['@pakashop/common'] = '1.4.0';
    writeJson(manifest, coupon);
    edit(join(directory, 'services/coupon/src/index.js'), [
      ["'use strict';\n", "'use strict';\nconst { kwacha } = require('@pakashop/common');\n"],
      [
        'return { code, discount: Math.round((total * percent) / 100) };',
        'const discount = Math.round((total * percent) / 100);\n      return { code, discount, shown: kwacha(discount) };',
      ],
    ]);
    sh('npm', ['install', '--package-lock-only', '--offline', '--no-audit', '--no-fund'], { cwd: directory });
  };
}

function edit(file: string, replacements: readonly (readonly [from: string, to: string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(file, text);
}
