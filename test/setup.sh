#!/usr/bin/env bash
# Installs the npm packages and builds paka, each only where it is not done yet. Safe to call at any time.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

command -v npm >/dev/null || give_up 'npm is not installed' 'Install Node.js 20.19 or newer, with npm.'
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
' || give_up "Node.js $(node --version) is too old" 'paka needs 20.19 or newer.'

# npm writes this copy last, so it is there only after a whole install of this very lock file.
if ! cmp -s package-lock.json node_modules/.paka-lock; then
  say 'installing npm packages'
  npm ci --no-fund --no-audit --loglevel=error >&2
  cp package-lock.json node_modules/.paka-lock
fi

if [ ! -e dist/paka.cjs ] || [ -n "$(find src build.js package.json -newer dist/paka.cjs -print -quit)" ]; then
  say 'building paka'
  npm run --silent build >&2
fi
