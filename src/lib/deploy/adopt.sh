#!/usr/bin/env bash
# Makes a plain checkout into the layout of releases: what git tracks moves into a release and leaves a link behind.
#
#   adopt.sh ROOT ID MARKER LEDGER-LINE
# Standard input: "service PATH", and "shared PATH STORE TARGET" (fields parted by 0x1f), paths relative to ROOT.
#
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

# Takes PATH PLACE TARGET… as NUL-ended fields: what lies at PATH goes to PLACE, and PATH becomes a link to TARGET.
exchange() {
  # shellcheck disable=SC2016 # perl's variables
  perl -0 -e '
    use strict;
    use File::Path "make_path";
    use File::Basename "dirname";
    my $number = { x86_64 => 316, aarch64 => 276 }->{ (split " ", `uname -m`)[0] };
    chomp(my @fields = <STDIN>);
    while (my ($path, $place, $target) = splice @fields, 0, 3) {
      my $is_link = -l $path && readlink($path) eq $target;
      next if $is_link && -e $place;
      make_path(dirname($place), dirname($path));
      if (!-l $path && !-e $path) {
        # Killed between the two steps of the fallback below; or a runtime directory that is not there yet.
        unlink $place if -l $place && readlink($place) eq $target;
        make_path($place) unless -e $place || -l $place;
        symlink $target, $path or die "$path: $!\n";
        next;
      }
      if ($is_link) { make_path($place); next }
      unlink $place if -l $place;
      # The link is made where the directory is to go, and then the two change places: RENAME_EXCHANGE is 2.
      symlink $target, $place or die "$place: $!\n";
      next if $number && syscall($number, -100, $path, -100, $place, 2) == 0;
      unlink $place;
      rename $path, $place or die "$path: $!\n";
      symlink $target, $path or die "$path: $!\n";
    }'
}

mkdir -p .paka/releases .paka/shared .paka/log
chmod 0711 .paka
chmod 0700 .paka/log
if [ ! -e .paka/adopting ]; then
  printf '%s\n' "$id" >.paka/adopting.new
  sync .paka/adopting.new
  mv .paka/adopting.new .paka/adopting
fi

head=$(git rev-parse --verify 'HEAD^{commit}')
if ! command git -C "$release" rev-parse -q --verify HEAD >/dev/null 2>&1 || [ ! -e "$release/.git" ]; then
  # Of an earlier try: nothing was moved before the worktree was sound, so there is only git's own file to remove.
  rm -f "$release/.git"
  [ ! -d "$release" ] || rmdir "$release"
  git worktree prune
  git worktree add --quiet --force --no-checkout --detach "$release" "$head"
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
