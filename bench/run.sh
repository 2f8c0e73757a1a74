#!/usr/bin/env bash
# `npm run bench [NAME…]`: sets up what a benchmark needs, and runs it. The lab must be up.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

obstacle=$(lab_obstacle)
[ -z "$obstacle" ] || give_up "$obstacle"
bash test/setup.sh
bash test/lab/lab.sh running 2>/dev/null || give_up 'the lab is not up' 'npm run lab -- up'
if [ $# -eq 0 ] || [[ " $* " == *' deploy '* ]]; then as_root bash bench/prerequisites.sh; fi
as_root node --import tsx bench/main.ts "$@"
