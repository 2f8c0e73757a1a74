#!/usr/bin/env bash
# Prints, of a root: "held" where a run is at work, the releases that are there, and the ledger: ledger.sh ROOT
set -u
cd -- "$1" || exit
if [ -e .paka/lock ]; then
  exec 9<.paka/lock
  flock -n -s 9 || echo held
  exec 9<&-
fi
printf '\x1e\n'
ls .paka/releases 2>/dev/null
printf '\x1e\n'
[ ! -r .paka/deploys.jsonl ] || tail -n 1000 .paka/deploys.jsonl
