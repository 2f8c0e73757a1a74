# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# The steps of a run: programs that the client asks for, each in a session of its own, so that all of it can be ended.

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
