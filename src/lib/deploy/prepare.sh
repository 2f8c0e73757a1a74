#!/usr/bin/env bash
# Makes the directory of a new release: a worktree of its commit, with links to what outlives releases.
#
#   prepare.sh ROOT ID COMMIT      (behind exchange.sh, which it is put together with)
# Standard input: "shared PATH STORE TARGET" (fields parted by 0x1f): PATH of the release becomes a link to TARGET, which is
# STORE as seen from there.
set -eu
umask 022
root=$1 id=$2 commit=$3
cd -- "$root"
release=.paka/releases/$id

mkdir -p .paka/releases .paka/shared
# A hook of the repository would run here, and did.
git -c core.hooksPath=/dev/null -c gc.auto=0 worktree add --quiet --force --detach "$release" "$commit"

while IFS=$'\x1f' read -r kind path store target; do
  [ "$kind" = shared ] || continue
  # Where a path became shared only now, what the running release has there is what is to outlive it.
  if [ ! -e "$store" ] && [ -e "$path" ] && [ ! -L "$path" ]; then
    printf '%s\0' "$(realpath --relative-to . -- "$path")" "$store" "$target" | exchange
  fi
  path=$release/$path
  # What the repository itself puts there is where it begins.
  if [ ! -e "$store" ]; then
    mkdir -p "$(dirname -- "$store")"
    if [ -e "$path" ]; then mv -T -- "$path" "$store"; else mkdir -p "$store"; fi
  fi
  rm -rf -- "$path"
  mkdir -p "$(dirname -- "$path")"
  ln -s -- "$target" "$path"
done

# Env files and whatever else lies at the top without being git's: `../../.env.production` leads there from a release, too.
while IFS= read -r -d '' path; do
  case $path in .git | .paka) continue ;; esac
  if [ -L "$path" ] && [[ $(readlink -- "$path") == .paka/releases/* ]]; then continue; fi
  [ -e "$release/$path" ] || [ -L "$release/$path" ] || ln -s -- "../../../$path" "$release/$path"
done < <(find . -mindepth 1 -maxdepth 1 -printf '%P\0')
