#!/usr/bin/env bash
# `npm test`: sets everything up, checks the code's style, and runs all tests, those against real lab hosts included.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

bash test/setup.sh
specs=('test/unit/**/*.test.ts')
obstacle=$(lab_obstacle)
if [ -n "$obstacle" ]; then
  [ -z "${CI:-}" ] || give_up "$obstacle" 'In CI a missing lab is a failure.'
  say "leaving out the tests against real hosts: $obstacle"
else
  specs+=('test/integration/**/*.test.ts')
  as_root bash test/lab/prerequisites.sh
  if ! bash test/lab/lab.sh running 2>/dev/null; then
    trap 'bash test/lab/lab.sh down' EXIT
    bash test/lab/lab.sh up
  fi
fi

say 'checking style and types'
npm run --silent lint
[ -z "${CI:-}" ] || bash test/node24.sh
say 'running the tests'
if [ -n "$obstacle" ]; then npx mocha "${specs[@]}"; else as_root npx mocha "${specs[@]}"; fi
