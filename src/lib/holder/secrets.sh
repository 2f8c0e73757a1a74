# shellcheck shell=bash disable=SC2154,SC2034 # a part of the holder, with whose other parts it shares its variables
# What of the env file may not reach a log or a screen.

declare -a secrets=() secret_names=()

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
