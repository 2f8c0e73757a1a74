#!/usr/bin/env bash
# shellcheck disable=SC2154,SC2034 # shared with switch.sh
# Holds the lock of a root and does what its client asks for, until the client says goodbye or falls silent: then it
# stops its work, takes back a switch that is not finished, writes the ledger, and only then lets go of the lock.
# Begins behind switch.sh, which it is put together with.
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
declare -a restart=() step_pid=() step_name=() step_kind=() step_out=() secrets=() secret_names=()

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

# Values of the env file that may not reach a log or a screen. Short ones are words such as true.
read_secrets() { # ENVFILE
  local variable value password line
  [ -r "$1" ] || return 0
  while IFS= read -r -d '' variable; do
    value=${variable#*=}
    keep_secret "$value" "${variable%%=*}"
    # A key in PEM comes line by line in what is shown.
    [[ $value != *$'\n'* ]] || while IFS= read -r line; do keep_secret "$line" "${variable%%=*}"; done <<<"$value"
    [[ $value == *://*:*@* ]] || continue
    password=${value#*://*:} password=${password%@*}
    keep_secret "$password" "${variable%%=*}"
  done < <(environment_of "$1")
}

keep_secret() { [ "${#1}" -lt 6 ] || secrets+=("$1") secret_names+=("$2"); }

# Puts the names of secrets in the place of their values, in the variable `output`.
redact() {
  local index
  for index in "${!secrets[@]}"; do
    [[ $output == *"${secrets[index]}"* ]] && output=${output//"${secrets[index]}"/"[${secret_names[index]}]"}
  done
}

# On a full disk the space set aside for it is given to the ledger.
append_ledger() {
  if ! printf '%s\n' "$1" 2>/dev/null >>"$ledger"; then
    rm -f "$reserve"
    printf '\n%s\n' "$1" >>"$ledger" || note "the ledger cannot be written: $1"
  fi
  sync "$ledger" 2>/dev/null
}

# A text as it may stand between the quotes of JSON.
json_text() {
  json=${1//\\/\\\\}
  json=${json//\"/\\\"}
  json=${json//[[:cntrl:]]/ }
}

# The end of a run that its client does not tell: the line of its start says all but how it ended.
end_ledger() { # RESULT REASON [AT]
  local line=$start_line at json
  [ -n "$line" ] || return 0
  utc at
  line=${line/'"event":"start"'/'"event":"end"'}
  if [[ $line =~ \"at\":\"[^\"]*\" ]]; then line=${line/"${BASH_REMATCH[0]}"/"\"at\":\"$at\""}; fi
  json_text "$2"
  append_ledger "${line%\}},\"result\":\"$1\",\"reason\":\"$json\"}"
  start_line=''
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

# Ends what is still at work for a run whose holder was killed: whoever has the lock is the only one.
end_leftovers() {
  local file files round left
  set +f
  files=(/proc/[0-9]*/environ)
  set -f
  for ((round = 0; round < 20; round++)); do
    left=''
    while IFS= read -r file; do
      left=${file#/proc/} left=${left%/environ}
      note "ending process $left of an earlier run"
      kill "-$([ "$round" -lt 10 ] && echo TERM || echo KILL)" "$left" 2>/dev/null
    done < <(grep -lsF "PAKA_RUN=$root:" "${files[@]}" 2>/dev/null)
    [ -n "$left" ] || return 0
    pause 0.1
  done
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

# KIND: text is shown and logged, without secrets and its end alone; shown is not logged; raw is data, and whole.
start_step() { # SEQ NAME KIND INPUT ARGV…
  local seq=$1 out="$state/log/.$id.step-$1"
  # A full disk must not keep a step from telling what is wrong.
  : 2>/dev/null >"$out" || out=$scratch/step-$seq
  step_name[seq]=$2 step_kind[seq]=$3 step_out[seq]=$out
  note "$2 begins"
  PAKA_RUN=$root:$id setsid "${@:5}" >"$out" 2>&1 <<<"$4" 8>&- 9>&- &
  step_pid[seq]=$!
}

reap_steps() {
  local seq code output out
  for seq in "${!step_pid[@]}"; do
    kill -0 "${step_pid[seq]}" 2>/dev/null && continue
    wait "${step_pid[seq]}"
    code=$?
    out=${step_out[seq]}
    if [ "${step_kind[seq]}" = raw ]; then
      output=$(tr -d '\0' <"$out")
    else
      output=$(tail -c "$output_limit" -- "$out" 2>/dev/null | tr -d '\0')
      # Of a line that was cut, half a secret would not be known for one.
      [ "$(stat -c %s -- "$out" 2>/dev/null || echo 0)" -le "$output_limit" ] || output="… ${output#*$'\n'}"
      redact
    fi
    [ "${step_kind[seq]}" != text ] || [ -z "$output" ] || printf '%s\n' "$output" 2>/dev/null >>"$log"
    note "${step_name[seq]} ended with $code"
    rm -f -- "$out"
    unset "step_pid[seq]"
    say_long "$output" reply "$seq" "$code"
  done
}

# Ends the process group of every step: SIGTERM, and SIGKILL after 2 s.
stop_steps() {
  local pid round
  # The pid, too: a child that was only just begun leads no group yet.
  for pid in "${step_pid[@]}"; do kill -TERM -- "-$pid" "$pid" 2>/dev/null; done
  for ((round = 0; round < 40; round++)); do
    some_step_runs || break
    pause 0.05
  done
  for pid in "${step_pid[@]}"; do kill -KILL -- "-$pid" "$pid" 2>/dev/null; done
  step_pid=()
  rm -f -- "$state/log/.$id".step-* 2>/dev/null
}

some_step_runs() {
  local pid
  for pid in "${step_pid[@]}"; do { kill -0 -- "-$pid" || kill -0 "$pid"; } 2>/dev/null && return; done
  return 1
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
