# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# The record of a switch: all that is needed to take it back, by this process or by one that has nothing else.

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
  olds=() invocations=() wells=() stage=() since=() oks=() answers=() restart_pid=() curl_pid=() flipped=() asked=() reasons=()
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
