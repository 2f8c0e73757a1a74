#!/usr/bin/env bash
# Prints all that `paka status` wants to know of this host, in one go and without any privilege.
#
# Standard input: one record a line, its fields parted by the unit separator (0x1f):
#   root PATH | envfile NAME | service NAME UNIT PORT HEALTH PATH | dependency NAME UNIT URL HEALTH
# Standard output: sections, each begun by a line of the record separator (0x1e) and the section's name.
# A value of the env file is used to find out where a dependency listens; it is never printed.
set -u
shopt -s extglob
export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_PAGER=''

health_seconds=3
journal_units=20 # the journal of at most so many unwell units is read: each costs about 20 ms
journal_lines=30
properties=$1

section() { printf '\x1e%s\n' "$1"; }

# Prints KEY and the last line of FILE that matches PATTERN; without another process, of which each costs about 1 ms.
last_line() {
  local lines index
  [ -r "$2" ] && mapfile -t lines <"$2" || return
  for ((index = ${#lines[@]} - 1; index >= 0; index--)); do
    # shellcheck disable=SC2053 # a pattern
    if [[ ${lines[index]} == $3 ]]; then
      printf '%s %s\n' "$1" "${lines[index]}"
      return
    fi
  done
}

root='' envfile=''
declare -a units=() services=() dependencies=()
declare -A port_of=() health_of=() path_of=()
while IFS=$'\x1f' read -r kind a b c d e; do
  case $kind in
    root) root=$a ;;
    envfile) envfile=$a ;;
    service)
      services+=("$b") units+=("$b")
      port_of[$b]=$c health_of[$b]=$d path_of[$b]=$e
      ;;
    dependency)
      dependencies+=("$a"$'\x1f'"$b"$'\x1f'"$c"$'\x1f'"$d")
      [ -n "$b" ] && units+=("$b")
      ;;
  esac
done

if [ ! -d /run/systemd/system ]; then # sd_booted(3)
  section no-systemd
  exit 0
fi

# The value of a key as systemd's EnvironmentFile= would set it: the last one counts, one pair of quotes is taken off.
env_value() {
  local line value=''
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line#export }
    [[ $line == "$1="* ]] || continue
    value=${line#*=}
    value=${value%"${value##*[![:space:]]}"}
    case $value in
      \"*\") value=${value#\"} value=${value%\"} ;;
      \'*\') value=${value#\'} value=${value%\'} ;;
    esac
  done <"$root/$envfile"
  printf '%s' "$value"
}

# Says in the server's own protocol whether something useful answers there: NAME SCHEME HOST PORT.
# The inner shell is a process of its own because connecting through /dev/tcp has no time limit.
probe_server() {
  # shellcheck disable=SC2016 # the inner shell expands it
  scheme=$1 host=$2 port=$3 timeout 2 bash -c '
    exec 3<>"/dev/tcp/$host/$port" || exit 11
    case $scheme in
      redis) printf "PING\r\n" >&3 && IFS= read -r -t 1 answer <&3 || exit 13; [[ $answer == +PONG* || $answer == -NOAUTH* ]] ;;
      postgres) printf "\0\0\0\10\4\322\26\57" >&3 && IFS= read -r -t 1 -N 1 answer <&3 || exit 13; [[ $answer == [SN] ]] ;;
    esac || exit 12' 2>/dev/null
}

# The address of a dependency in `url`, or a word for why there is none in `fault`.
resolve_dependency() {
  url=$1 fault=''
  if [[ $url == \$* ]]; then
    if [ ! -r "$root/$envfile" ]; then
      fault=no-env-file
    else
      url=$(env_value "${url#\$}")
      [ -n "$url" ] || fault=no-value
    fi
  fi
  [[ $url == *[\"\\]* ]] && fault=bad-url # it would end the quotes of curl's configuration
}

# Prints NAME, a word (ok, refused, timeout, wrong-answer, no-value, no-env-file, bad-url), and milliseconds, of every
# dependency that does not speak HTTP, all of them at once.
probe_servers() {
  local record name unit url health fault
  for record in "${dependencies[@]}"; do
    IFS=$'\x1f' read -r name unit url health <<<"$record"
    [ -n "$url" ] || continue
    resolve_dependency "$url"
    if [ -n "$fault" ]; then
      printf '%s\x1f%s\x1f\n' "$name" "$fault"
    elif [[ $url != http*://* ]]; then
      probe_url "$name" "$url" &
    fi
  done
  wait
}

# Prints the host and port of a URL without its scheme, or nothing where they cannot be told from a password: one that
# holds a "/" unencoded. The credentials end at the last "@" before the path, and before the query if there is one there.
host_part() {
  local authority=${1%%/*} part
  part=${authority%%[?#]*}
  [[ $authority == *@* && $part != *@* ]] && part=$authority
  if [[ $authority != *@* && $1 == *@* ]]; then return; fi
  part=${part##*@}
  printf '%s' "${part%%[?#]*}"
}

probe_url() {
  local name=$1 scheme=${2%%://*} rest=${2#*://} began=${EPOCHREALTIME/[.,]/} word port='' host
  host=$(host_part "$rest")
  case $scheme in
    redis | rediss) port=6379 ;;
    postgres | postgresql) port=5432 scheme=postgres ;;
  esac
  [[ $host =~ :([0-9]+)$ ]] && port=${BASH_REMATCH[1]} host=${host%:*}
  host=${host#[} host=${host%]}
  if [ -z "$host" ] || [ -z "$port" ]; then
    word=bad-url
  else
    probe_server "$scheme" "$host" "$port"
    case $? in 0) word=ok ;; 11) word=refused ;; 13 | 124) word=timeout ;; *) word=wrong-answer ;; esac
  fi
  printf '%s\x1f%s\x1f%s\n' "$name" "$word" "$(((${EPOCHREALTIME/[.,]/} - began) / 1000))"
}

# One request of curl's configuration: URL, and what to call its answer. `next` may not stand before the first or after
# the last.
request() {
  printf '%surl = "%s"\noutput = "/dev/null"\nnoproxy = "*"\nmax-time = %s\n' "$next" "$1" "$health_seconds"
  printf 'write-out = "%s %%{http_code} %%{time_connect} %%{time_total}\\n"\n' "$2"
  next=$'next\n'
}

# Prints "service UNIT" or "dependency NAME", the status, and the seconds to connect and in all, of every health check
# and every dependency that speaks HTTP. One curl does them all at once: to start it costs more than the requests.
probe_http() {
  command -v curl >/dev/null || return
  local record name unit url health fault next=''
  {
    for unit in "${services[@]}"; do
      [ -n "${health_of[$unit]}" ] || continue
      request "http://localhost:${port_of[$unit]}${health_of[$unit]}" "service $unit"
      # Either family will do, and nobody needs to be asked what localhost is: that cost a thread a request.
      printf 'resolve = "localhost:%s:127.0.0.1,[::1]"\n' "${port_of[$unit]}"
    done
    for record in "${dependencies[@]}"; do
      IFS=$'\x1f' read -r name unit url health <<<"$record"
      [ -n "$url" ] || continue
      resolve_dependency "$url"
      if [[ -z $fault && $url == http*://* ]]; then request "${url%/}$health" "dependency $name"; fi
    done
  } | curl -q -s -K - --parallel --parallel-immediate 2>/dev/null
}

# These three run while the rest goes on; each is read where its section is printed.
exec {show}< <(systemctl show --no-pager --timestamp=us+utc --property="$properties" -- "${units[@]}" 2>&1)
exec {http}< <(probe_http)
exec {servers}< <(probe_servers)

section host
printf 'now %s\n' "$EPOCHREALTIME"
read -r uptime _ </proc/uptime && printf 'uptime %s\n' "$uptime"
read -r load _ </proc/loadavg && printf 'load %s\n' "$load"
cpus=0
while read -r key _; do [[ $key == cpu[0-9]* ]] && cpus=$((cpus + 1)); done </proc/stat
printf 'cpus %s\n' "$cpus"
while read -r key value _; do
  case $key in MemTotal: | MemAvailable:) printf '%s %s\n' "${key%:}" "$value" ;; esac
done </proc/meminfo
[ -d "$root" ] && printf 'disk %s\n' "$(stat -f -c '%S %b %a' -- "$root")"
[ -e "$root/$envfile" ] && printf 'envfile %s\n' "$([ -r "$root/$envfile" ] && echo readable || echo unreadable)"
command -v curl >/dev/null || printf 'without curl\n'

section git
if [ -r "$root/.git/HEAD" ] && IFS= read -r head <"$root/.git/HEAD"; then
  printf 'head %s\n' "$head"
  ref=${head#ref: }
  if [[ $ref != "$head" && $ref == refs/* && $ref != *..* ]]; then
    if [ -r "$root/.git/$ref" ]; then
      IFS= read -r commit <"$root/.git/$ref" && printf 'commit %s\n' "$commit"
    elif [ -r "$root/.git/packed-refs" ]; then
      while read -r commit name; do [ "$name" = "$ref" ] && printf 'commit %s\n' "$commit"; done <"$root/.git/packed-refs"
    fi
  elif [ "$ref" = "$head" ]; then
    printf 'commit %s\n' "$head"
  fi
  # What a deploy by hand leaves there; a look at another branch is none.
  last_line reflog "$root/.git/logs/HEAD" $'*\t@(pull|merge|reset|rebase|clone)*'
elif [ -e "$root/.git" ]; then
  printf 'closed-to %s\n' "$(id -un)"
fi
# An adoption is a line of its own, in the middle of the run that it was needed for.
last_line ledger "$root/.paka/deploys.jsonl" '!(*"adopted":true*)'
if [ -r "$root/.paka/lock" ]; then
  exec {lock}<"$root/.paka/lock"
  flock -n -s "$lock" || printf 'lock %s\n' "$(<"$root/.paka/lock")"
  exec {lock}<&-
  [ -e "$root/.paka/switch" ] && printf 'unfinished switch\n'
  [ -e "$root/.paka/adopting" ] && printf 'unfinished adoption\n'
fi

section listening # local addresses of listening sockets, in the kernel's hexadecimal: proc(5), /proc/net/tcp
grep -h -o -E '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:0000 0A' /proc/net/tcp /proc/net/tcp6 2>/dev/null

section units
shown=$(cat <&"$show")
printf '%s\n' "$shown"

# What the blocks above say, as far as this program needs it: pids, and which units to fetch the journal of.
declare -a pids=() unwell=() cwds=()
declare -A id_of=() # the unit's own name, where it was asked for by an alias: the journal knows no other
index=0
id='' active='' restarts='' pid=''
end_of_block() {
  [ -n "$id" ] || return 0
  if [ "${pid:-0}" != 0 ]; then pids+=("$pid") && cwds+=("/proc/$pid/cwd"); fi
  if [ "$index" -lt "${#services[@]}" ]; then
    id_of[${services[index]}]=$id
    if [ "$active" != active ] || [ "${restarts:-0}" -gt 0 ]; then unwell+=("$id"); fi
  fi
  index=$((index + 1))
  id='' active='' restarts='' pid=''
}
# By word splitting, because `read` takes a pipe or a here-string a byte at a time. That drops empty lines: the ends of
# the blocks are marked first.
set -f
IFS=$'\n'
for line in ${shown//$'\n\n'/$'\n\x1e\n'} $'\x1e'; do
  case $line in
    $'\x1e') end_of_block ;;
    Id=*) id=${line#Id=} ;;
    ActiveState=*) active=${line#ActiveState=} ;;
    NRestarts=*) restarts=${line#NRestarts=} ;;
    MainPID=*) pid=${line#MainPID=} ;;
  esac
done
unset IFS
set +f

section processes # where each process works (a release's directory) and its resident memory
links=()
for unit in "${services[@]}"; do links+=("$root/${path_of[$unit]}"); done
find "${cwds[@]}" "${links[@]}" -maxdepth 0 -type l -printf '%p\037%l\n' 2>/dev/null
for pid in "${pids[@]}"; do
  while read -r key value _; do
    if [ "$key" = VmRSS: ]; then
      printf '/proc/%s/rss\x1f%s\n' "$pid" "$value"
      break
    fi
  done 2>/dev/null <"/proc/$pid/status"
done

section http
answers=$(cat <&"$http")
printf '%s\n' "$answers"
while read -r kind unit status _; do
  [[ $kind == service && $status != 2?? ]] || continue
  unit=${id_of[$unit]:-$unit}
  [[ " ${unwell[*]} " == *" $unit "* ]] || unwell+=("$unit")
done <<<"$answers"

section servers
cat <&"$servers"

section journal
if [ "${#unwell[@]}" -gt 0 ]; then
  # Without one of these groups journalctl shows nothing and says nothing: systemd-journald.service(8), "Access control".
  [[ $EUID == 0 || " $(id -nG) " == *" "@(systemd-journal|adm|wheel)" "* ]] || printf 'no-access %s\n' "$(id -un)"
  journals=()
  [ "${#unwell[@]}" -le "$journal_units" ] || printf 'left-out %s\n' "$((${#unwell[@]} - journal_units))"
  for unit in "${unwell[@]:0:journal_units}"; do
    exec {journal}< <(journalctl -q --no-pager -a -o json -r -n "$journal_lines" -u "$unit" \
      --output-fields=MESSAGE,PRIORITY,UNIT,COREDUMP_UNIT,OBJECT_SYSTEMD_UNIT,_SYSTEMD_UNIT,_PID 2>/dev/null)
    journals+=("$journal")
  done
  for journal in "${journals[@]}"; do cat <&"$journal"; done
fi
section end
