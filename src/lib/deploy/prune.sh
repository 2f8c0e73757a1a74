#!/usr/bin/env bash
# Deletes releases, and logs of runs beyond the newest 100: prune.sh ROOT ID…
# One that a link or a process still uses stays, whatever the caller believes.
set -u
root=$1
shift
cd -- "$root" || exit
failed=0
for id in "$@"; do
  release=.paka/releases/$id
  [[ $id =~ ^[0-9A-Za-z-]+$ && -d $release ]] || continue
  if find . -maxdepth 4 -path ./.git -prune -o -path ./.paka -prune -o -type l -lname "*$release/*" -print -quit | grep -q .; then
    echo "$id is still linked to"
  elif find /proc/[0-9]*/cwd -maxdepth 0 -lname "$root/$release/*" -print -quit 2>/dev/null | grep -q .; then
    echo "$id is still worked in by a process"
  else
    rm -rf -- "$release" || failed=1
  fi
done
# What a build had left at the top led to the release that the checkout became.
find . -maxdepth 1 -xtype l -lname '.paka/releases/*' -delete
git -c core.hooksPath=/dev/null worktree prune || failed=1
find .paka/log -maxdepth 1 -name '*.log' -printf '%T@ %p\n' | sort -rn | tail -n +101 | cut -d ' ' -f 2- | xargs -r rm -f --
exit "$failed"
