#!/usr/bin/env bash
# Installs the peer of `npm run bench deploy` where it is missing, from the distribution's own packages.
set -euo pipefail

if command -v cap >/dev/null; then exit 0; fi
echo 'bench: installing capistrano (apt-get)' >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends capistrano; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
