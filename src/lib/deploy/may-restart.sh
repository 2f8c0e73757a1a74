#!/usr/bin/env bash
# Prints the units that this user may not restart. Standard input: a line a unit. Arguments: the command that says by its
# exit code whether one may be restarted, without the unit.
set -u
while IFS= read -r unit; do
  { "$@" "$unit" </dev/null >/dev/null 2>&1 || printf '%s\n' "$unit"; } &
done
wait
printf 'end\n'
