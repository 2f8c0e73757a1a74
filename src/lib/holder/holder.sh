#!/usr/bin/env bash
# shellcheck disable=SC2154,SC2034 # shares its variables with the parts that it begins behind
# Holds the lock of a root and does what its client asks for, until the client says goodbye or falls silent: then it
# stops its work, takes back a switch that is not finished, writes the ledger, and only then lets go of the lock.
# The last part of a program that program.ts puts together:
#   environment-file.sh, secrets.sh    what of the env file must not be shown
#   run-ledger.sh                      what began, and how it ended
#   work-steps.sh                      programs that the client asks for
#   switch-record.sh, gate.sh, switch.sh   the switch, and its way back
#   holder.sh                          the lock, the requests, the end
#
#   hold ROOT ID HOLDER WAIT ENVFILE RESTART…    serves a client; HOLDER is a JSON object without its closing brace
#   recover ROOT RESTART…                        takes back what an ended holder left, at the start of the machine
#
# Standard input: requests, each of fields that end in 0x1d, closed by a NUL. Standard output: answers in the same form.
# What each request means stands in `serve`; a client that has nothing to ask sends `beat`.
set -u -f
umask 022
silence_limit=10 # seconds without a word of the client, after which it counts as gone
output_limit=262144 # bytes of a step's output that is shown or logged
mode=$1 root=$2
shift 2
state=$root/.paka
client=none reserve=$state/log/.reserve ledger=$state/deploys.jsonl
log=/dev/null terminated='' start_line='' end_line='' holding=''
declare -a restart=() step_pid=() step_name=() step_kind=() step_out=()

# The machine goes down, or somebody ends this program: it finishes in order, as fast as it can. A closed output must not
# end it; `:` and not '', which children would inherit.
trap 'terminated=1' TERM INT HUP
trap : PIPE

# Nothing ever comes here: `read -t` on it waits without starting a process.
exec 8<> <(:)
pause() { read -r -t "$1" -u 8; }

utc() { TZ=UTC0 printf -v "$1" '%(%Y-%m-%dT%H:%M:%SZ)T' -1; }
# Milliseconds that no change of the clock moves: proc(5), uptime, in hundredths of a second.
clock() {
  local uptime
  read -r uptime _ </proc/uptime
  now=$((10#${uptime/./} * 10))
}

say() {
  [ "$client" = here ] || return 0
  { printf '%s\x1d' "$@" && printf '\0'; } 2>/dev/null
}

# Says something long. A client that reads no more must not hold this program up: it would keep the lock for good.
say_long() { # TEXT FIELD…
  [ "$client" = here ] || return 0
  local text=$1
  shift
  { printf '%s\x1d' "$@" && printf '%s\x1d\0' "$text"; } 2>/dev/null | timeout "$silence_limit" cat 2>/dev/null ||
    lost 'paka read no more'
}

note() {
  local at
  utc at
  printf '%s  %s\n' "$at" "$*" 2>/dev/null >>"$log"
}

take_lock() { # HOLDER WAIT
  local waited='' deadline told='' held since
  if ! mkdir -p "$state/log" || ! chmod 0711 "$state" || ! chmod 0700 "$state/log"; then
    say failed "$state cannot be made"
    exit 1
  fi
  [ -s "$reserve" ] || head -c 65536 /dev/zero >"$reserve" 2>/dev/null
  if [ -d "$root/.git/info" ] && ! grep -qxF /.paka/ "$root/.git/info/exclude" 2>/dev/null; then
    echo /.paka/ >>"$root/.git/info/exclude"
  fi
  exec 9<>"$state/lock" || {
    say failed "$state/lock cannot be opened"
    exit 1
  }
  clock
  deadline=$((now + $2 * 1000))
  # Whoever only looks whether it is held has it for a moment: that is no reason to turn anybody away.
  until flock -w 1 9; do
    waited=1
    held=$(<"$state/lock")
    clock
    if [ "$now" -ge "$deadline" ]; then
      say locked "$held"
      exit 4
    fi
    [ "$held" = "$told" ] || say waiting "$held"
    told=$held
    listen 0.3 || exit 0
    [ -z "$terminated" ] && [ "$now" -lt $((heard + silence_limit * 1000)) ] || exit 1
  done
  holding=yes
  utc since
  printf '%s,"since":"%s","pid":%s}\n' "$1" "$since" "$$" >"$state/lock"
  # Of a power cut or a full disk: the next line must not become part of it.
  [ ! -s "$ledger" ] || [ -z "$(tail -c 1 "$ledger")" ] || echo >>"$ledger"
  [ -z "$waited" ] || note 'waited for the lock'
}

# Two runs may be begun within one second; each has an id of its own, as only one of them has the lock.
new_id() {
  while [ -e "$state/releases/$id" ] || grep -qsF "\"id\":\"$id\"" "$ledger"; do
    pause 0.2
    TZ=UTC0 printf -v id '%(%Y%m%dT%H%M%SZ)T-%s' -1 "${id##*-}"
  done
}

let_go() {
  [ -n "$holding" ] || return 0
  disarm
  : >"$state/lock"
  exec 9>&-
}

# A run whose holder was killed, or whose machine went down, has no end in the ledger, and perhaps an unfinished switch.
take_over() {
  local last='' outcome=none
  end_leftovers
  # An adoption is a line of its own, in the middle of the run that it was needed for.
  [ -s "$ledger" ] && last=$(tail -n 20 "$ledger" | grep -vF '"adopted":true' | tail -n 1)
  [[ $last == *'"event":"start"'* ]] && start_line=$last
  if [ -e "$record" ]; then
    note 'found an unfinished switch'
    if load_record; then
      say recovering
      recover_switch
      outcome=$recovered
    else
      rm -f "$record"
    fi
  elif [ -n "$start_line" ]; then
    outcome=interrupted
    end_ledger interrupted 'the host went down, or the program that held the lock was killed'
  fi
  start_line=''
  [ "$outcome" = none ] || say recovered "$outcome"
}

# Reads for so long; a whole request is served. Fails when the input has ended.
buffer=''
listen() {
  local part status
  IFS= read -r -d '' -t "$1" part
  status=$?
  if [ "$status" -eq 0 ]; then
    clock
    heard=$now
    serve "$buffer$part"
    buffer=''
  elif [ "$status" -gt 128 ]; then
    buffer+=$part
  else
    return 1
  fi
}

serve() {
  local IFS=$'\x1d' fields
  # shellcheck disable=SC2206 # split on purpose; set -f keeps it from being a pattern
  fields=($1)
  IFS=$' \t\n'
  set -- "${fields[@]}"
  case ${1:-} in
    beat) ;;
    begin) # SEQ START-LINE
      start_line=$3
      append_ledger "$start_line"
      say reply "$2" 0 ''
      ;;
    step) start_step "${@:2}" ;;          # SEQ NAME KIND INPUT ARGV…
    switch) begin_switch "${@:2}" ;;      # SEQ PARALLEL BRANCH COMMIT ITEM…, see switch.sh
    undo) undo_for_client "$2" ;;         # SEQ
    commit) commit_switch "$2" "$3" ;;    # SEQ END-LINE
    end) # SEQ END-LINE
      append_ledger "$3"
      start_line=''
      say reply "$2" 0 ''
      ;;
    abort) interrupt "$2" ;;
    bye)
      if [ -n "$switching$start_line" ] || [ "${#step_pid[@]}" -gt 0 ]; then interrupt 'paka ended before its work was done'; fi
      let_go
      say bye
      exit 0
      ;;
    *) note "unknown request: ${1:-}" ;;
  esac
}

# Ends the run in order, for a reason of its own or of the client: nothing of it goes on, and what it switched is back.
interrupt() { # REASON
  note "interrupted: $1"
  say stopping
  stop_steps
  if [ -n "$switching" ]; then
    undo_switch
    if [ -z "$undo_failures" ]; then
      end_ledger interrupted "$1; the switch was undone"
    elif [ -n "$terminated" ]; then
      # The machine goes down: the record stays, and what is left is done at its start.
      note "not all could be undone: $undo_failures"
      exit 1
    else
      end_ledger undo-failed "$1; $undo_failures"
    fi
    drop_record
    say ended "${undo_failures:+undo-failed}" "$undo_failures" undone
  else
    end_ledger interrupted "$1"
    say ended '' '' ''
  fi
  let_go
  exit 1
}

lost() {
  exec >/dev/null 2>&1
  client=gone
  interrupt "$1"
}

serve_client() {
  local tick
  clock
  heard=$now
  while :; do
    tick=1
    if [ "${#step_pid[@]}" -gt 0 ] || [ -n "$gating" ]; then tick=0.02; fi
    listen "$tick" || lost 'the connection to paka was lost'
    [ -z "$terminated" ] || interrupt 'the program that does the work was told to end, perhaps as the host goes down'
    clock
    [ "$now" -lt $((heard + silence_limit * 1000)) ] || lost "paka was silent for $silence_limit s"
    reap_steps
    [ -z "$gating" ] || tick_switch
  done
}

cd -- "$root" 2>/dev/null || cd /
scratch=$(mktemp -d -p /dev/shm paka.XXXXXX 2>/dev/null || mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
case $mode in
  hold)
    client=here
    id=$1
    restart=("${@:5}")
    clock
    heard=$now
    read_secrets "$4"
    take_lock "$2" "$3"
    new_id
    log=$state/log/$id.log
    (umask 077 && : >>"$log") 2>/dev/null || log=/dev/null
    take_over
    say holding "$id"
    serve_client
    ;;
  recover)
    restart=("$@")
    id=recover
    [ -e "$record" ] || {
      disarm
      exit 0
    }
    log=$state/log/recover.log
    take_lock '{"who":"the start of the host","run":null' 60
    take_over
    let_go
    ;;
esac
