#!/usr/bin/env bash
# Runs a hook in a directory of a release, with the variables that its service would have: hook.sh ROOT DIRECTORY ENVFILE LINE
# The env file is read as systemd reads EnvironmentFile=, and never sourced.
set -u
umask 022
# Whatever the env file calls its variables, it does not meet this program's own.
run_hook() { # ROOT DIRECTORY ENVFILE LINE
  local _line _key _value
  while IFS= read -r _line || [ -n "$_line" ]; do
    _line=${_line#"${_line%%[![:space:]]*}"}
    [[ $_line =~ ^(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    _key=${BASH_REMATCH[2]} _value=${BASH_REMATCH[3]}
    [[ $_key != _line && $_key != _key && $_key != _value ]] || continue
    _value=${_value%"${_value##*[![:space:]]}"}
    case $_value in
      \"*\") _value=${_value#\"} _value=${_value%\"} ;;
      \'*\') _value=${_value#\'} _value=${_value%\'} ;;
    esac
    export "$_key=$_value"
  done <"$1/$3"
  cd -- "$1/$2" || exit
  printf '$ %s\n' "$4"
  exec bash -c "$4" </dev/null
}
run_hook "$@"
