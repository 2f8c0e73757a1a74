#!/usr/bin/env bash
# Prints all that a deploy wants to know of this host, in one go. The commit to deploy is fetched, into the object store
# and nowhere else: no branch, no file and no ref of the checkout changes.
#
#   deploy-facts.sh PROPERTIES FETCH      FETCH: yes, or no (a rollback needs nothing new)
# Standard input: one record a line, its fields parted by the unit separator (0x1f):
#   root PATH | branch NAME | envfile NAME | ref COMMIT | service NAME UNIT PATH | path PATH | manifest PATH | runtime NAME
# Standard output: sections, each begun by a line of the record separator (0x1e) and the section's name. What may hold any
# byte (names of files, files) comes as base64.
set -u
export LC_ALL=C GIT_TERMINAL_PROMPT=0
properties=$1 fetch=$2
fetch_seconds=300 ledger_lines=150 foreign_shown=6

section() { printf '\x1e%s\n' "$1"; }

root='' branch='' envfile='' ref=''
declare -a units=() services=() paths=() manifests=() runtimes=()
while IFS=$'\x1f' read -r kind a b c; do
  case $kind in
    root) root=$a ;;
    branch) branch=$a ;;
    envfile) envfile=$a ;;
    ref) ref=$a ;;
    service) units+=("$b") services+=("$c") ;;
    path) paths+=("$a") ;;
    manifest) manifests+=("$a") ;;
    runtime) runtimes+=("$a") ;;
  esac
done

# Hooks of the repository are not run: one ran at `worktree add`.
git() { command git -C "$root" -c core.hooksPath=/dev/null -c gc.auto=0 "$@"; }

section host
printf 'now %s\n' "$EPOCHREALTIME"
printf 'user %s\n' "$(id -un)"
printf 'hostname %s\n' "${HOSTNAME:-}"
for tool in git curl flock setsid perl systemctl sudo; do command -v "$tool" >/dev/null || printf 'without-%s yes\n' "$tool"; done
[ -d "$root" ] && printf 'root yes\n'
[ -w "$root" ] && printf 'writable yes\n'
[ -e "$root/$envfile" ] && printf 'envfile yes\n'
[ -e "$root/.paka/adopting" ] && printf 'adopting %s\n' "$(head -c 100 "$root/.paka/adopting")"
[ -e "$root/.paka/switch" ] && printf 'switching yes\n'
if [ ! -e "$root/.git" ]; then
  section end
  exit 0
fi
printf 'disk %s\n' "$(stat -f -c '%S %a' -- "$root")"

if ! head=$(git rev-parse --verify -q 'HEAD^{commit}' 2>&1); then
  printf 'git-trouble %s\n' "$(git rev-parse HEAD 2>&1 | head -n 1)"
fi
adopted=$(git config --bool core.bare)
printf 'adopted %s\n' "${adopted:-false}"
printf 'head %s\n' "$head"
printf 'branch %s\n' "$(git symbolic-ref -q --short HEAD)"
printf 'shallow %s\n' "$(git rev-parse --is-shallow-repository)"

# A run that was killed while git made a worktree leaves one without a commit, and then every fetch fails. git itself calls
# it "initializing"; while nobody holds the lock, nobody is at it.
mend_worktrees() {
  local worktree
  exec {lock}<"$root/.paka/lock" || return
  if flock -n -s "$lock"; then
    for worktree in "$root"/.git/worktrees/*/; do
      [[ -e $worktree/locked && $(<"$worktree/locked") == initializing ]] || continue
      git rev-parse -q --verify "worktrees/$(basename "$worktree")/HEAD^{commit}" >/dev/null 2>&1 || rm -rf -- "$worktree"
    done
  fi
  exec {lock}<&-
}
[ ! -r "$root/.paka/lock" ] || mend_worktrees

# Whatever may take long runs beside the rest.
# A ref of its own, so that two of these do not meet; --refmap keeps the clone's own refs as they are.
own_ref=refs/paka/fetch-$$
fetched() {
  local over_ssh
  over_ssh="$(git config core.sshCommand || echo ssh) -o BatchMode=yes -o ConnectTimeout=10"
  GIT_SSH_COMMAND=$over_ssh timeout "$fetch_seconds" git -C "$root" -c core.hooksPath=/dev/null -c gc.auto=0 fetch \
    --quiet --no-tags --no-write-fetch-head --refmap= origin "+refs/heads/$branch:$own_ref" 2>&1
  printf '\nexit %s\n' "$?"
}
version_of() {
  case $1 in
    node) node --version ;;
    go) go version ;;
    python) python3 --version ;;
  esac
}
# Of an adopted root only the upper levels are looked at: a release may hold hundreds of thousands of files.
depth=()
[ "$adopted" = true ] && depth=(-maxdepth 4)
[ "$fetch" = yes ] && exec {fetching}< <(fetched)
exec {foreign}< <(find "$root/." "${depth[@]}" ! -user "$(id -un)" ! -path "$root/./$envfile" -printf '%u %P\n' 2>/dev/null | head -n "$foreign_shown")
exec {show}< <(systemctl show --no-pager --timestamp=us+utc --property="$properties" -- "${units[@]}" 2>&1)
versions=()
for runtime in "${runtimes[@]}"; do
  exec {version}< <(version_of "$runtime" 2>/dev/null | head -n 1)
  versions+=("$version")
done
# Left aside: what a plain checkout holds beyond its commit.
[ "$adopted" = true ] || exec {dirty}< <(git status --porcelain=v1 --ignored=matching --untracked-files=normal -z 2>/dev/null | base64 -w0)

section lock
if [ -e "$root/.paka/lock" ]; then
  exec {lock}<"$root/.paka/lock"
  flock -n -s "$lock" || printf 'held %s\n' "$(<"$root/.paka/lock")"
  exec {lock}<&-
fi

section ledger
[ -r "$root/.paka/deploys.jsonl" ] && tail -n "$ledger_lines" "$root/.paka/deploys.jsonl"

section releases
declare -A commits=()
for release in "$root"/.paka/releases/*/; do
  [ -d "$release" ] || continue
  release=${release%/}
  marker=''
  [ -r "$release/.paka-release.json" ] && IFS= read -r marker <"$release/.paka-release.json"
  printf '%s %s\n' "${release##*/}" "$marker"
  [[ $marker =~ \"commit\":\"([0-9a-f]{40,64})\" ]] && commits[${BASH_REMATCH[1]}]=yes
done

# The directories that services lie in stay directories; everything else of the tree becomes a link in them.
declare -A ancestors=([.]=yes)
for path in "${services[@]}"; do
  while [[ $path == */* ]]; do
    path=${path%/*}
    ancestors[$path]=yes
  done
done
section links
for directory in "${!ancestors[@]}"; do
  [ -d "$root/$directory" ] && (cd -- "$root" && find "$directory" -mindepth 1 -maxdepth 1 -printf '%p\0%y\0%l\0')
done | base64 -w0
echo

target='' tip=''
if [ "$fetch" = yes ]; then
  section fetch
  output=$(cat <&"$fetching")
  printf '%s\n' "$output"
  if [[ $output == *'exit 0' ]]; then
    tip=$(git rev-parse --verify -q "$own_ref^{commit}")
    git update-ref -d "$own_ref"
    target=$tip
    if [ -n "$ref" ]; then target=$(git rev-parse --verify -q "$ref^{commit}"); fi
    printf 'tip %s\n' "$tip"
    printf 'target %s\n' "$target"
  fi
elif [ -n "$ref" ]; then
  section fetch
  target=$(git rev-parse --verify -q "$ref^{commit}")
  printf 'target %s\n' "$target"
fi
if [ -n "$target" ]; then
  [ -z "$tip" ] || { git merge-base --is-ancestor "$target" "$tip" && printf 'on-branch yes\n'; }
  git merge-base --is-ancestor "$head" "$target" && printf 'newer yes\n'
  git merge-base --is-ancestor "$target" "$head" && printf 'older yes\n'
  printf 'subject %s\n' "$(git log -1 --format=%s "$target" | head -c 200)"
fi

section oids # "OID TYPE COMMIT:PATH", or "COMMIT:PATH missing"
for commit in "${!commits[@]}" "$head" ${target:+"$target"}; do
  for path in "${paths[@]}"; do printf '%s:%s %s:%s\n' "$commit" "$path" "$commit" "$path"; done
done | git cat-file --batch-check='%(objectname) %(objecttype) %(rest)'

section trees
for commit in "$head" ${target:+"$target"}; do
  for directory in "${!ancestors[@]}"; do
    prefix=${directory#.}
    git ls-tree -z --name-only "$commit" ${prefix:+"$prefix/"} 2>/dev/null | { printf '%s\0%s\0' '' "$commit" && cat; }
  done
done | base64 -w0
echo

section manifests
if [ -n "$target" ]; then
  for manifest in "${manifests[@]}"; do printf '%s:%s\n' "$target" "$manifest"; done | git cat-file --batch | base64 -w0
  echo
fi

section dirty
[ "$adopted" = true ] || cat <&"$dirty"
echo

section runtimes
for index in "${!runtimes[@]}"; do printf '%s %s\n' "${runtimes[index]}" "$(cat <&"${versions[index]}")"; done

section foreign
cat <&"$foreign"

section units
shown=$(cat <&"$show")
printf '%s\n' "$shown"

section processes # where the process of each unit works: in which release
cwds=()
while IFS='=' read -r key value; do
  [[ $key == MainPID && $value != 0 ]] && cwds+=("/proc/$value/cwd")
done <<<"$shown"
[ "${#cwds[@]}" -eq 0 ] || find "${cwds[@]}" -maxdepth 0 -type l -printf '%p\037%l\n' 2>/dev/null

section end
