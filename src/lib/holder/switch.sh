# shellcheck shell=bash disable=SC2154,SC2034 # shared with holder.sh: root, state, restart, id, …
# The part of holder.sh that switches services: links are flipped, units restarted and watched until they are well, and
# all of it can be taken back, by this process or by one that only has its record.
#
# A switch is a list of items, each of eight fields:
#   NAME UNIT LINK TARGET PORT HEALTH LIMIT WAVE
# LINK (relative to root; empty: nothing to flip) shall point to TARGET (empty: shall not be there). An item without a
# UNIT is a link alone. A service is well when systemd started it anew, HEALTH answers 2xx twice (without one: PORT is
# listened on) within LIMIT seconds, and it then stays as it is for watch_ms.

record=.paka/switch # relative to root, where this program works
links=.paka/links
watch_ms=3000
poll_ms=100
retry_ms=15000 # how long a unit that systemd refuses to start again is tried: its limit is 10 s unless set otherwise
settle_ms=8000  # how long an undo waits for restarts that are under way
stop_ms=100000  # how long a service may take to stop, on top of its time to start: systemd's own limit is 90 s
fields_per_item=8

switching='' gating='' undo_failures='' recovered='' recorded='' recorded_id='' parallel=4 branch='' commit=''
declare -a names=() units=() paths=() targets=() ports=() healths=() limits=() waves=()
declare -a olds=() invocations=() wells=()
# How far each item is: idle, queued, restarting, checking, watching, well, failed.
declare -a step=() since=() oks=() answers=() restart_pid=() curl_pid=() flipped=() asked=() reasons=()

# --- what systemd and the services say -------------------------------------------------------------------------------

declare -A shown=()

# Fills `shown` with "PROPERTY INDEX" of the units of these items, in one call.
show_units() {
  local index line position=0 asked_units=() order=("$@")
  shown=()
  for index in "${order[@]}"; do asked_units+=("${units[index]}"); done
  [ "${#asked_units[@]}" -gt 0 ] || return 0
  local properties=InvocationID,ActiveState,SubState,Result,MainPID output IFS=$'\n'
  output=$(LC_ALL=C systemctl show --no-pager --property="$properties" -- "${asked_units[@]}" 2>&1)
  # Word splitting drops empty lines, so the ends of the blocks are marked first.
  for line in ${output//$'\n\n'/$'\n\x1e\n'}; do
    if [ "$line" = $'\x1e' ]; then
      position=$((position + 1))
    else
      shown["${line%%=*} ${order[position]:-x}"]=${line#*=}
    fi
  done
}

is_listening() { # PORT
  local hex line file lines
  printf -v hex ':%04X ' "$1"
  for file in /proc/net/tcp /proc/net/tcp6; do
    mapfile -t lines 2>/dev/null <"$file" || continue
    for line in "${lines[@]}"; do
      # Local address, remote address, and 0A for LISTEN: proc(5).
      [[ $line =~ ^\ *[0-9]+:\ [0-9A-F]+"$hex"[0-9A-F]+:0000\ 0A ]] && return
    done
  done
  return 1
}

# Asks in the background: its pid is then in curl_pid, its answer in a file. Not a function in the background, whose shell
# would keep the lock open.
ask_health() { # INDEX SECONDS
  curl -q -s -o /dev/null --noproxy '*' -m "$2" -w '%{http_code}' \
    --resolve "localhost:${ports[$1]}:127.0.0.1,[::1]" "http://localhost:${ports[$1]}${healths[$1]}" \
    >"$scratch/health.$1" 2>/dev/null 8>&- 9>&- &
  curl_pid[$1]=$!
}

# Which services are well now: those must be well again after an undo.
look_before() {
  local index services=() asking=()
  for index in "${!names[@]}"; do
    wells[index]='' invocations[index]=''
    [ -n "${units[index]}" ] && services+=("$index")
  done
  show_units "${services[@]}"
  for index in "${services[@]}"; do
    invocations[index]=${shown["InvocationID $index"]:-}
    [ "${shown["ActiveState $index"]:-}" = active ] || continue
    if [ -n "${healths[index]}" ]; then
      ask_health "$index" 2
      asking+=("${curl_pid[index]}")
    elif is_listening "${ports[index]}"; then
      wells[index]=yes
    fi
  done
  [ "${#asking[@]}" -eq 0 ] || wait "${asking[@]}"
  for index in "${services[@]}"; do
    [[ -s $scratch/health.$index && $(<"$scratch/health.$index") == 2?? ]] && wells[index]=yes
    rm -f "$scratch/health.$index"
    curl_pid[index]=''
  done
}

# --- the record: all that is needed to take the switch back -----------------------------------------------------------

put() { printf '%s\x1d' "$@" && printf '\0'; }

write_record() { # switching|committed
  local index
  {
    put "$1" "$id" "$branch" "$commit" "$parallel" "$end_line"
    for index in "${!names[@]}"; do
      put "${names[index]}" "${units[index]}" "${paths[index]}" "${targets[index]}" "${ports[index]}" \
        "${healths[index]}" "${limits[index]}" "${waves[index]}" "${olds[index]}" "${invocations[index]}" "${wells[index]}"
    done
  } >"$record.new" && sync "$record.new" && mv -f "$record.new" "$record" && sync "$state"
}

load_record() {
  local IFS line index=0 head=yes fields
  clear_items
  while IFS= read -r -d '' line; do
    IFS=$'\x1d'
    # shellcheck disable=SC2206
    fields=($line)
    if [ -n "$head" ]; then
      [ "${#fields[@]}" -ge 6 ] || return 1
      recorded=${fields[0]} recorded_id=${fields[1]} branch=${fields[2]} commit=${fields[3]} parallel=${fields[4]} end_line=${fields[5]}
      head=''
      continue
    fi
    names[index]=${fields[0]} units[index]=${fields[1]} paths[index]=${fields[2]} targets[index]=${fields[3]}
    ports[index]=${fields[4]} healths[index]=${fields[5]} limits[index]=${fields[6]} waves[index]=${fields[7]}
    olds[index]=${fields[8]} invocations[index]=${fields[9]} wells[index]=${fields[10]}
    index=$((index + 1))
  done <"$record"
  [ -z "$head" ]
}

clear_items() {
  names=() units=() paths=() targets=() ports=() healths=() limits=() waves=()
  olds=() invocations=() wells=() step=() since=() oks=() answers=() restart_pid=() curl_pid=() flipped=() asked=() reasons=()
}

drop_record() {
  rm -rf -- "$record" "$links"
  switching=''
  disarm
}

# cron runs the recovery at the next start of the machine, should it go down in the middle of a switch. Without cron the
# next run of paka does the same.
arm() {
  if [ -z "${BASH_EXECUTION_STRING:-}" ] || [[ $root == *%* ]] || ! command -v crontab >/dev/null; then return 0; fi
  local job="@reboot /bin/bash -p $state/recover.sh recover $root ${restart[*]} # paka: $root #" table
  # Where the table cannot be read it must not be replaced either; that there is none yet is another thing.
  if ! table=$(crontab -l 2>&1) && [[ $table != *"no crontab"* ]]; then
    note "cron cannot be used: $table"
    return
  fi
  if ! printf '%s\n' "$BASH_EXECUTION_STRING" >"$state/recover.sh" || ! with_job "$job" | crontab - 2>/dev/null; then
    note 'cron cannot be used: nothing would undo a switch at the start of the machine'
  fi
}

with_job() {
  crontab -l 2>/dev/null | grep -vF "# paka: $root #"
  echo "$1"
}

disarm() {
  local table
  [ -e "$state/recover.sh" ] || return 0
  if table=$(crontab -l 2>/dev/null) && [[ $table == *"# paka: $root #"* ]]; then
    table=$(grep -vF "# paka: $root #" <<<"$table")
    if [ -n "$table" ]; then crontab - <<<"$table"; else crontab -r; fi 2>/dev/null || return
  fi
  rm -f "$state/recover.sh"
}

# --- flipping --------------------------------------------------------------------------------------------------------

# Links for both ways are made beforehand: on a full disk a rename still works, and nothing else may.
prepare_links() {
  local index path
  rm -rf -- "$links"
  mkdir -p "$links" || return
  for index in "${!names[@]}"; do
    olds[index]=''
    path=${paths[index]}
    [ -n "$path" ] || continue
    if [ -L "$path" ]; then
      olds[index]=$(readlink -- "$path")
      ln -s -- "${olds[index]}" "$links/$index.back" || return
    elif [ -e "$path" ]; then
      echo "$path is not a link: something else was put there"
      return 1
    fi
    [ -z "${targets[index]}" ] || ln -s -- "${targets[index]}" "$links/$index.to" || return
  done
}

flip() { # INDEX
  local index=$1 path=${paths[$1]}
  [ -n "$path" ] || return 0
  flipped[index]=yes
  if [ -n "${targets[index]}" ]; then
    mkdir -p "$(dirname -- "$path")" 2>/dev/null
    mv -fT -- "$links/$index.to" "$path"
  else
    rm -f -- "$path"
  fi
}

flip_back() { # INDEX
  local index=$1 path=${paths[$1]}
  if [ -z "${olds[index]}" ]; then
    [ ! -L "$path" ] || rm -f -- "$path"
  else
    [ -L "$links/$index.back" ] || { mkdir -p "$links" && ln -s -- "${olds[index]}" "$links/$index.back"; }
    mv -fT -- "$links/$index.back" "$path"
  fi
}

# --- restarting and watching -----------------------------------------------------------------------------------------

begin_switch() { # SEQ PARALLEL BRANCH COMMIT ITEM…
  local index=0 trouble
  switch_seq=$1 parallel=$2 branch=$3 commit=$4
  shift 4
  clear_items
  while [ $# -ge "$fields_per_item" ]; do
    names[index]=$1 units[index]=$2 paths[index]=$3 targets[index]=$4 ports[index]=$5 healths[index]=$6
    limits[index]=$7 waves[index]=$8 step[index]=queued
    index=$((index + 1))
    shift "$fields_per_item"
  done
  look_before
  # The record is there before the first flip, and nothing is flipped where it could not be written.
  if ! { prepare_links && write_record switching; } >"$scratch/trouble" 2>&1; then
    trouble=$(<"$scratch/trouble")
    rm -rf -- "$links" "$record.new" "$record"
    say switched "$switch_seq" refused '' "the switch cannot be prepared: $trouble"
    return
  fi
  arm
  switching=yes gating=forward
}

in_flight() {
  local index
  flying=0
  for index in "${!names[@]}"; do
    case ${step[index]} in restarting | checking) flying=$((flying + 1)) ;; esac
  done
}

# The lowest wave that still has a service which is not healthy yet.
find_wave() {
  local index
  wave=''
  for index in "${!names[@]}"; do
    case ${step[index]} in
      queued | restarting | checking) if [ -z "$wave" ] || [ "${waves[index]}" -lt "$wave" ]; then wave=${waves[index]}; fi ;;
    esac
  done
}

move_to() { # INDEX STEP [DETAIL]
  step[$1]=$2
  since[$1]=$now
  note "${names[$1]}: $2${3:+ ($3)}"
  [ -z "${units[$1]}" ] || say service "${names[$1]}" "$2" "${3:-}" "$gating"
}

fail_item() { # INDEX REASON
  reasons[$1]=$2
  move_to "$1" failed "$2"
}

begin_item() { # INDEX
  local index=$1
  if [ "$gating" = forward ] && ! flip "$index" 2>"$scratch/flip"; then
    fail_item "$index" "its link cannot be changed: $(<"$scratch/flip")"
  elif [ -z "${units[index]}" ]; then
    step[index]=well
  else
    first_try[index]=$now
    issue_restart "$index"
  fi
}

issue_restart() { # INDEX
  move_to "$1" restarting
  oks[$1]=0 answers[$1]='' asked[$1]=''
  setsid "${restart[@]}" "${units[$1]}" >/dev/null 2>"$scratch/restart.$1" </dev/null 8>&- 9>&- &
  restart_pid[$1]=$!
}

tick_switch() {
  local index polled=()
  clock
  find_wave
  in_flight
  for index in "${!names[@]}"; do
    [[ ${step[index]} == queued && ${waves[index]} == "$wave" && $flying -lt $parallel ]] || continue
    begin_item "$index"
    [ "${step[index]}" != failed ] || break
    [ "${step[index]}" != restarting ] || flying=$((flying + 1))
  done
  for index in "${!names[@]}"; do
    [ "${step[index]}" != restarting ] || end_of_restart "$index"
  done
  if [ "$now" -ge $((last_poll + poll_ms)) ]; then
    last_poll=$now
    for index in "${!names[@]}"; do
      case ${step[index]} in checking | watching) polled+=("$index") ;; esac
    done
    show_units "${polled[@]}"
    clock
    for index in "${polled[@]}"; do look_at "$index"; done
  fi
  conclude
}
last_poll=0
declare -a first_try=()

end_of_restart() { # INDEX
  local index=$1 code said
  [ -n "${restart_pid[index]:-}" ] || {
    # A pause before the next try, as systemd counts the starts of a while.
    [ "$now" -lt $((since[index] + 1000)) ] || issue_restart "$index"
    return
  }
  if kill -0 "${restart_pid[index]}" 2>/dev/null; then
    [ "$now" -lt $((since[index] + limits[index] * 1000 + stop_ms)) ] || fail_item "$index" 'its restart does not come to an end'
    return
  fi
  wait "${restart_pid[index]}"
  code=$?
  restart_pid[index]=''
  if [ "$code" -eq 0 ]; then
    if [ "$gating" = undo ] && [ -z "${wells[index]}" ]; then
      # What was not well before cannot be asked to be well now.
      move_to "$index" well
    else
      move_to "$index" checking
    fi
    return
  fi
  said=$(tail -n 3 "$scratch/restart.$index" 2>/dev/null | tr -s '\n' ' ')
  show_units "$index"
  if [[ ${shown["Result $index"]:-} == start-limit-hit && $now -lt $((first_try[index] + retry_ms)) ]]; then
    move_to "$index" restarting 'systemd refuses to start it again so soon; waiting'
  else
    fail_item "$index" "its restart was refused: ${said% }"
  fi
}

look_at() { # INDEX
  local index=$1 active=${shown["ActiveState $1"]:-} sub=${shown["SubState $1"]:-}
  local invocation=${shown["InvocationID $1"]:-}
  # systemd did not answer: the next look may tell more.
  [ -n "$active" ] || return 0
  # Every start has an InvocationID of its own. NRestarts tells less: a restart out of a crash loop does not reset it.
  if [[ $active == failed || $active == inactive || $sub == auto-restart || -n ${asked[index]:-} && $invocation != "${asked[index]}" ]]; then
    stop_asking "$index"
    if [ "${step[index]}" = watching ]; then
      fail_item "$index" "it ended $(((now - since[index]) / 1000)).$(((now - since[index]) / 100 % 10)) s after it was healthy"
    else
      fail_item "$index" 'it ended right after its start'
    fi
  elif [ "${step[index]}" = watching ]; then
    [ "$now" -lt $((since[index] + watch_ms)) ] || move_to "$index" well
  elif [[ $active == active && $invocation != "${invocations[index]}" ]]; then
    asked[index]=$invocation
    look_at_health "$index"
  elif [ "$now" -ge $((since[index] + limits[index] * 1000)) ]; then
    fail_item "$index" "not active within ${limits[index]} s ($active, $sub)"
  fi
}

look_at_health() { # INDEX
  local index=$1 code=''
  if [ -n "${healths[index]}" ]; then
    if [ -n "${curl_pid[index]:-}" ]; then
      if kill -0 "${curl_pid[index]}" 2>/dev/null; then
        too_late "$index"
        return
      fi
      wait "${curl_pid[index]}" 2>/dev/null
      curl_pid[index]=''
      read -r code <"$scratch/health.$index"
      answers[index]=$code
      if [[ $code == 2?? ]]; then oks[index]=$((oks[index] + 1)); else oks[index]=0; fi
    fi
  elif is_listening "${ports[index]}"; then
    oks[index]=$((oks[index] + 1))
  fi
  if [ "${oks[index]}" -ge 2 ]; then
    move_to "$index" watching
  elif ! too_late "$index" && [ -n "${healths[index]}" ]; then
    ask_health "$index" 3
  fi
}

too_late() { # INDEX
  local index=$1 why
  [ "$now" -ge $((since[index] + limits[index] * 1000)) ] || return 1
  stop_asking "$index"
  if ! is_listening "${ports[index]}"; then
    why="nothing listened on port ${ports[index]} within ${limits[index]} s"
  elif [[ ${answers[index]} == [1-9]* ]]; then
    why="${healths[index]} answers ${answers[index]}, ${limits[index]} s after its start"
  else
    why="${healths[index]} gave no answer within ${limits[index]} s, though port ${ports[index]} listens"
  fi
  fail_item "$index" "$why"
}

stop_asking() { # INDEX
  [ -z "${curl_pid[$1]:-}" ] || kill "${curl_pid[$1]}" 2>/dev/null
  curl_pid[$1]=''
}

# Forward, one failure ends the switch where it is; on the way back, each service has its own fate.
conclude() {
  local index open=''
  for index in "${!names[@]}"; do
    case ${step[index]} in
      failed)
        if [ "$gating" = forward ]; then
          gating=''
          say switched "$switch_seq" failed "${names[index]}" "${reasons[index]}"
          return
        fi
        ;;
      queued | restarting | checking | watching) open=yes ;;
    esac
  done
  [ -z "$open" ] || return 0
  [ "$gating" != forward ] || say switched "$switch_seq" ok '' ''
  gating=''
}

# --- taking it back --------------------------------------------------------------------------------------------------

# Puts every flipped link back, and restarts what runs something else than it did. Sets undo_failures to what is left.
undo_switch() {
  local index services=() process
  gating='' undo_failures=''
  for ((index = ${#names[@]} - 1; index >= 0; index--)); do
    [ -z "${flipped[index]:-}" ] || flip_back "$index" 2>"$scratch/flip" ||
      undo_failures+="${paths[index]} could not be changed back: $(<"$scratch/flip"); "
    step[index]=idle
    [ -n "${units[index]}" ] && services+=("$index")
  done
  settle_restarts
  sync "$root" 2>/dev/null
  show_units "${services[@]}"
  gating=undo
  clock
  for index in "${services[@]}"; do
    [ "${shown["InvocationID $index"]:-}" != "${invocations[index]}" ] || continue
    # After a restart of the machine it may have been started from the old release already.
    process=$(readlink -- "/proc/${shown["MainPID $index"]:-0}/cwd" 2>/dev/null)
    if [[ -n $process && -n ${paths[index]} && $process == "$(realpath -m -- "$root/${paths[index]}")" ]]; then continue; fi
    step[index]=queued
  done
  while [ -n "$gating" ]; do
    tick_switch
    [ -z "$terminated" ] || [ -n "$gone_down" ] || give_up_undo
    pause 0.03
  done
  for index in "${services[@]}"; do
    # What was not well before cannot be asked to be well now.
    [ "${step[index]}" = failed ] && [ -n "${wells[index]}" ] && undo_failures+="${names[index]}: ${reasons[index]}; "
  done
  undo_failures=${undo_failures%; }
}

# A restart under way cannot be stopped half-way, and should not run into the one that follows; one that does not end, of a
# service that never says it is ready, is replaced by that.
settle_restarts() {
  local index
  clock
  local until=$((now + settle_ms))
  for index in "${!names[@]}"; do
    stop_asking "$index"
    [ -n "${restart_pid[index]:-}" ] || continue
    while kill -0 "${restart_pid[index]}" 2>/dev/null && [ "$now" -lt "$until" ]; do
      pause 0.05
      clock
    done
    restart_pid[index]=''
  done
}

# While the machine goes down systemd starts nothing any more; the links are back, which is what counts at its start.
gone_down=''
give_up_undo() {
  local index
  if [ "$(systemctl is-system-running 2>/dev/null)" != stopping ]; then
    terminated=''
    return
  fi
  gone_down=yes
  for index in "${!names[@]}"; do
    case ${step[index]} in queued | restarting | checking) reasons[index]='the host is going down' step[index]=failed ;; esac
  done
}

undo_for_client() { # SEQ
  if [ -n "$switching" ]; then
    undo_switch
    drop_record
  fi
  clock
  heard=$now
  say undone "$1" "${undo_failures:+failed}" "$undo_failures"
}

# From here on the switch is done: should this program end now, whoever takes over finishes it.
commit_switch() { # SEQ END-LINE
  end_line=$2
  sync -f "$state" 2>/dev/null
  if ! write_record committed 2>"$scratch/trouble"; then
    say reply "$1" 1 "$(<"$scratch/trouble")"
    return
  fi
  finish_commit
  drop_record
  say reply "$1" 0 "$branch_trouble"
}

finish_commit() {
  branch_trouble=''
  if [ -n "$branch" ] && ! git -C "$root" -c core.hooksPath=/dev/null update-ref -m "paka ${recorded_id:-$id}" "refs/heads/$branch" "$commit" 2>"$scratch/git"; then
    branch_trouble=$(<"$scratch/git")
    note "the branch could not be moved: $branch_trouble"
  fi
  [ "$(tail -n 1 "$ledger" 2>/dev/null)" = "$end_line" ] || append_ledger "$end_line"
  start_line=''
}

# For an item list that comes from a record: which links are flipped can be seen.
recover_switch() {
  local index
  for index in "${!names[@]}"; do
    step[index]=idle oks[index]=0
    [ -n "${paths[index]}" ] || continue
    if [ "$(readlink -- "$root/${paths[index]}")" != "${olds[index]}" ]; then flipped[index]=yes; fi
  done
  switching=yes
  if [ "$recorded" = committed ]; then
    finish_commit
    recovered=ok
  else
    undo_switch
    recovered=${undo_failures:+undo-failed}
    recovered=${recovered:-interrupted}
    end_ledger "$recovered" "the host went down in the middle of a switch${undo_failures:+; $undo_failures}"
  fi
  drop_record
}
