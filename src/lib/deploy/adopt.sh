#!/usr/bin/env bash
# Makes a plain checkout into the layout of releases: what git tracks moves into a release and leaves a link behind.
#
#   adopt.sh ROOT ID MARKER LEDGER-LINE
# Standard input: "service PATH", and "shared PATH STORE TARGET" (fields parted by 0x1f), paths relative to ROOT.
#
# Begins behind exchange.sh, which it is put together with.
# It ignores signals, may be killed at any step all the same, and ends right when it is run again with the same ID. Nothing
# is deleted and nothing is copied: a directory is exchanged with its link in one step, renameat2(2), so that its path is
# never missing, and a process that works in it stays in it.
set -euf -o pipefail
umask 022
trap '' TERM INT HUP
root=$1 id=$2 marker=$3 line=$4
cd -- "$root"
release=.paka/releases/$id

git() { command git -c core.hooksPath=/dev/null -c gc.auto=0 "$@"; }

declare -a services=() shared=()
while IFS=$'\x1f' read -r kind path store target; do
  case $kind in
    service) services+=("$path") ;;
    shared) shared+=("$release/$path" "$store" "$target") ;;
  esac
done

mkdir -p .paka/releases .paka/shared .paka/log
chmod 0711 .paka
chmod 0700 .paka/log
if [ ! -e .paka/adopting ]; then
  printf '%s\n' "$id" >.paka/adopting.new
  sync .paka/adopting.new
  mv .paka/adopting.new .paka/adopting
fi

head=$(git rev-parse --verify 'HEAD^{commit}')
if ! command git -C "$release" rev-parse -q --verify 'HEAD^{commit}' >/dev/null 2>&1 || [ ! -e "$release/.git" ]; then
  # Of an earlier try: nothing was moved before the worktree was sound, so there is only git's own file to remove.
  rm -f "$release/.git"
  [ ! -d "$release" ] || rmdir "$release"
  git worktree prune
  git worktree add --quiet --force --force --no-checkout --detach "$release" "$head"
fi

# The directories that services lie in stay; what else they hold of the commit is exchanged.
declare -A stays=([.]=yes)
for path in "${services[@]}"; do
  while [[ $path == */* ]]; do
    path=${path%/*}
    stays[$path]=yes
  done
done
declare -A tracked=()
entries=()
for directory in "${!stays[@]}"; do
  prefix=${directory#.}
  while IFS= read -r -d '' path; do
    tracked[$path]=yes
    [ -z "${stays[$path]:-}" ] || continue
    slashes=${path//[!\/]/}
    entries+=("$path" "$release/$path" "${slashes//\//../}$release/$path")
  done < <(git ls-tree -z --name-only "$head" ${prefix:+"$prefix/"})
done
[ "${#entries[@]}" -eq 0 ] || printf '%s\0' "${entries[@]}" | exchange
[ "${#shared[@]}" -eq 0 ] || printf '%s\0' "${shared[@]}" | exchange

# At the top, what a build made goes along; all else that is not git's stays, and the release gets links to it.
while IFS= read -r -d '' path; do
  case $path in
    .git | .paka) continue ;;
    node_modules | bin | .venv | __pycache__ | dist)
      [ -n "${tracked[$path]:-}" ] || printf '%s\0' "$path" "$release/$path" "$release/$path" | exchange
      ;;
    *) [ -n "${tracked[$path]:-}" ] || [ -e "$release/$path" ] || [ -L "$release/$path" ] || ln -s "../../../$path" "$release/$path" ;;
  esac
done < <(find . -mindepth 1 -maxdepth 1 -printf '%P\0')

command git -C "$release" -c core.hooksPath=/dev/null reset --quiet --mixed
git config core.bare true
printf '%s\n' "$marker" >"$release/.paka-release.json.new"
mv "$release/.paka-release.json.new" "$release/.paka-release.json"
sync -f .paka
grep -qsF "\"id\":\"$id\",\"event\":\"end\"" .paka/deploys.jsonl || printf '%s\n' "$line" >>.paka/deploys.jsonl
rm -f .paka/adopting
