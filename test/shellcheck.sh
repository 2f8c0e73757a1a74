#!/usr/bin/env bash
# Checks every shell script of the project; says so where shellcheck is missing, which in CI is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

if ! command -v shellcheck >/dev/null; then
  [ -z "${CI:-}" ] || give_up 'shellcheck is not installed'
  say 'leaving out the check of shell scripts: shellcheck is not installed'
  exit 0
fi
mapfile -t scripts < <(find src test bench -name '*.sh' -not -path '*/node_modules/*' 2>/dev/null)
shellcheck --external-sources .ci/run "${scripts[@]}"
