#!/usr/bin/env bash
# Builds in one directory of a release, with little claim on the machine: the shop's own services run beside it.
#
#   build.sh ROOT DIRECTORY REUSE [install|run LINE]…
# REUSE: a directory whose node_modules is taken over by hard links, and the `install` lines left out; or empty.
set -u
umask 022
root=$1 directory=$2 reuse=$3
shift 3
export npm_config_update_notifier=false
renice -n 10 -p $$ >/dev/null 2>&1
ionice -c 2 -n 7 -p $$ 2>/dev/null

# Prints the node_modules below a directory; not those of a part that is installed by itself.
installed() {
  local path
  cd -- "$1" && find . -name .git -prune -o -name node_modules -type d -prune -printf '%P\n' | while IFS= read -r path; do
    [ "$path" = node_modules ] || [ ! -e "${path%/*}/package-lock.json" ] || continue
    printf '%s\n' "$path"
  done
}

# Never a link to it: Node would then load what lies beside the old release's.
take_over() {
  local path paths
  mapfile -t paths < <(installed "$root/$reuse")
  [ "${#paths[@]}" -gt 0 ] || return
  for path in "${paths[@]}"; do
    if ! mkdir -p "$(dirname -- "$path")" || ! cp -al -- "$root/$reuse/$path" "$path"; then
      rm -rf -- "${paths[@]}"
      return 1
    fi
  done
}

cd -- "$root/$directory" || exit
reused=''
if [ -n "$reuse" ] && take_over; then
  reused=yes
  echo "node_modules taken over from $reuse"
fi
while [ $# -gt 1 ]; do
  kind=$1 line=$2
  shift 2
  if [ "$kind" = install ] && [ -n "$reused" ]; then continue; fi
  printf '$ %s\n' "$line"
  bash -c "$line" </dev/null || {
    code=$?
    printf 'failed with exit code %s: %s\n' "$code" "$line"
    exit "$code"
  }
done
