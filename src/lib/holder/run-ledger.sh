# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# The ledger: what began, and how it ended.

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
