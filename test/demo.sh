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

# Shows a call of paka and what it prints; that something is unwell, or was undone, is part of the story.
show() {
  printf '\n\033[1m$ paka %s\033[0m\n' "$*"
  node bin/run.js "$@" || case $? in 1 | 5) ;; *) exit 1 ;; esac
}

# Commits a change of a service to a branch of the shop's origin, as somebody who pushes to it does.
commit() {
  say "somebody pushes a change of $2 to the branch $1${3:+ that makes it fail: $3}"
  bash test/lab/lab.sh commit "$@" >/dev/null
}

show status production

commit production fraud
show deploy production --yes
show deploy production --yes

commit production pricing crash
show deploy production --yes
show status production --faults

say 'the first change was not so good after all'
show rollback production --yes
show history production
# So that the demo can be run again.
commit production pricing

cat <<TEXT

The hosts go on running. To try paka on them:

  export PAKA_SSH_CONFIG=$PAKA_SSH_CONFIG
  export PAKA_SERVICES=$PAKA_SERVICES
  export NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS
  bin/run.js status --json | jq .ok
  npm run lab -- commit main search             # push a change to staging's branch, and then:
  bin/run.js deploy staging --dry-run
  npm run lab -- break staging search hang      # what else can go wrong: npm run lab
  npm run lab -- ssh production                 # log in as the deploy user; paka status works there, too
  npm run lab -- down                           # remove the hosts and all they left
TEXT
