#!/usr/bin/env bash
# `npm run demo`: sets everything up, and shows paka at work on two real hosts.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/support/say.sh

obstacle=$(lab_obstacle)
[ -z "$obstacle" ] || give_up "$obstacle" 'The demo shows paka on real hosts: run it on a Debian or Ubuntu machine with root or sudo.'
bash test/setup.sh
say 'booting two hosts, staging and production, each with 19 services'
bash test/lab/lab.sh up
export PAKA_SSH_CONFIG=$PWD/.lab/ssh_config PAKA_SERVICES=$PWD/.lab/services.json NODE_EXTRA_CA_CERTS=$PWD/.lab/ca.crt

# Shows a call of paka and what it prints; an exit code of 1 is part of the story.
show() {
  printf '\n\033[1m$ paka %s\033[0m\n' "$*"
  node bin/run.js "$@" || [ $? -eq 1 ]
}

show status
say 'now the fraud service of production crashes'
bash test/lab/lab.sh break production fraud crash
sleep 3
show status production
say 'and is mended'
bash test/lab/lab.sh mend production fraud
for _ in $(seq 30); do
  node bin/run.js status production >/dev/null && break
  sleep 0.5
done
show status production --faults

cat <<TEXT

The hosts go on running. To try paka on them:

  export PAKA_SSH_CONFIG=$PAKA_SSH_CONFIG
  export PAKA_SERVICES=$PAKA_SERVICES
  export NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS
  bin/run.js status --json | jq .ok
  npm run lab -- break staging search hang      # what else can go wrong: npm run lab
  npm run lab -- ssh production                 # log in as the deploy user; paka status works there, too
  npm run lab -- down                           # remove the hosts and all they left
TEXT
