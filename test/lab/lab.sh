#!/usr/bin/env bash
# The lab's command line: `npm run lab -- up`. Sets up what it needs and asks for root where it must.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/say.sh

obstacle=$(lab_obstacle)
[ -z "$obstacle" ] || give_up "$obstacle"
bash test/setup.sh
lab=(node --import tsx test/lab/cli.ts "$@")
case ${1:-} in
  # The user's own key and ssh: no root is needed.
  ssh | '' | help | --help) exec "${lab[@]}" ;;
esac
as_root bash test/lab/prerequisites.sh
# One at a time: two of them would make the same hosts.
as_root flock --close /run/paka-lab.lock "${lab[@]}"
