# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# The switch: links are flipped, units restarted and watched (gate.sh), and all of it can be taken back, by this process or
# by one that only has its record (switch-record.sh).
#
# A switch is a list of items, each of eight fields:
#   NAME UNIT LINK TARGET PORT HEALTH LIMIT WAVE
# LINK (relative to root; empty: nothing to flip) shall point to TARGET (empty: shall not be there). An item without a
# UNIT is a link alone. A service is well when systemd started it anew, HEALTH answers 2xx twice (without one: PORT is
# listened on) within LIMIT seconds, and it then stays as it is for watch_ms.

record=.paka/switch # relative to root, where this program works
links=.paka/links
settle_ms=8000 # how long an undo waits for restarts that are under way
fields_per_item=8

switching='' gating='' undo_failures='' recovered='' recorded='' recorded_id='' parallel=4 branch='' commit=''
declare -a names=() units=() paths=() targets=() ports=() healths=() limits=() waves=()
declare -a olds=() invocations=() wells=()
declare -a flipped=()

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

begin_switch() { # SEQ PARALLEL BRANCH COMMIT ITEM…
  local index=0 trouble
  switch_seq=$1 parallel=$2 branch=$3 commit=$4
  shift 4
  clear_items
  while [ $# -ge "$fields_per_item" ]; do
    names[index]=$1 units[index]=$2 paths[index]=$3 targets[index]=$4 ports[index]=$5 healths[index]=$6
    limits[index]=$7 waves[index]=$8 stage[index]=queued
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

# Puts every flipped link back, and restarts what runs something else than it did. Sets undo_failures to what is left.
undo_switch() {
  local index services=() process
  gating='' undo_failures=''
  for ((index = ${#names[@]} - 1; index >= 0; index--)); do
    [ -z "${flipped[index]:-}" ] || flip_back "$index" 2>"$scratch/flip" ||
      undo_failures+="${paths[index]} could not be changed back: $(<"$scratch/flip"); "
    stage[index]=idle
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
    stage[index]=queued
  done
  while [ -n "$gating" ]; do
    tick_switch
    [ -z "$terminated" ] || [ -n "$gone_down" ] || give_up_undo
    pause 0.03
  done
  for index in "${services[@]}"; do
    # What was not well before cannot be asked to be well now.
    [ "${stage[index]}" = failed ] && [ -n "${wells[index]}" ] && undo_failures+="${names[index]}: ${reasons[index]}; "
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
    case ${stage[index]} in queued | restarting | checking) reasons[index]='the host is going down' stage[index]=failed ;; esac
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
    stage[index]=idle oks[index]=0
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
