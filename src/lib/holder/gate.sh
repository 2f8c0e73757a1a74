# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# The gate: units are restarted in waves, and watched until each is well or is not.

watch_ms=3000 # a service that is healthy must then stay as it is for so long
poll_ms=100
retry_ms=15000  # how long a unit that systemd refuses to start again is tried: its limit is 10 s unless set otherwise
stop_ms=100000  # how long a service may take to stop, on top of its time to start: systemd's own limit is 90 s
last_poll=0

# How far each item is: idle, queued, restarting, checking, watching, well, failed; and since when.
declare -a stage=() since=()
declare -a oks=() answers=() asked=() reasons=() first_try=() restart_pid=() curl_pid=()
# What systemd says, by "PROPERTY INDEX".
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

in_flight() {
  local index
  flying=0
  for index in "${!names[@]}"; do
    case ${stage[index]} in restarting | checking) flying=$((flying + 1)) ;; esac
  done
}

# The lowest wave that still has a service which is not healthy yet.
find_wave() {
  local index
  wave=''
  for index in "${!names[@]}"; do
    case ${stage[index]} in
      queued | restarting | checking) if [ -z "$wave" ] || [ "${waves[index]}" -lt "$wave" ]; then wave=${waves[index]}; fi ;;
    esac
  done
}

move_to() { # INDEX STEP [DETAIL]
  stage[$1]=$2
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
    stage[index]=well
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
    [[ ${stage[index]} == queued && ${waves[index]} == "$wave" && $flying -lt $parallel ]] || continue
    begin_item "$index"
    [ "${stage[index]}" != failed ] || break
    [ "${stage[index]}" != restarting ] || flying=$((flying + 1))
  done
  for index in "${!names[@]}"; do
    [ "${stage[index]}" != restarting ] || end_of_restart "$index"
  done
  if [ "$now" -ge $((last_poll + poll_ms)) ]; then
    last_poll=$now
    for index in "${!names[@]}"; do
      case ${stage[index]} in checking | watching) polled+=("$index") ;; esac
    done
    show_units "${polled[@]}"
    clock
    for index in "${polled[@]}"; do look_at "$index"; done
  fi
  conclude
}

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
    if [ "${stage[index]}" = watching ]; then
      fail_item "$index" "it ended $(((now - since[index]) / 1000)).$(((now - since[index]) / 100 % 10)) s after it was healthy"
    else
      fail_item "$index" 'it ended right after its start'
    fi
  elif [ "${stage[index]}" = watching ]; then
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
    case ${stage[index]} in
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
