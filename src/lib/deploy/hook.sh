#!/usr/bin/env bash
# Runs a hook in a directory of a release, with the variables that its service would have: hook.sh ROOT DIRECTORY ENVFILE LINE
# The env file is read as systemd reads EnvironmentFile=, and never sourced.
# Begins behind environment-file.sh, which it is put together with.
set -u
umask 022
# Whatever the env file calls its variables, it does not meet this program's own.
run_hook() { # ROOT DIRECTORY ENVFILE LINE
  local _variable
  while IFS= read -r -d '' _variable; do
    [[ $_variable == _variable=* ]] || export "${_variable?}"
  done < <(environment_of "$1/$3")
  cd -- "$1/$2" || exit
  printf '$ %s\n' "$4"
  exec bash -c "$4" </dev/null
}
run_hook "$@"
