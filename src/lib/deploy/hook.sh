#!/usr/bin/env bash
# Runs a hook in a directory of a release, with the variables that its service would have: hook.sh ROOT DIRECTORY ENVFILE LINE
# The env file is read as systemd reads EnvironmentFile=, and never sourced.
set -u
umask 022
root=$1 directory=$2 envfile=$3 hook=$4
while IFS= read -r line || [ -n "$line" ]; do
  line=${line#"${line%%[![:space:]]*}"}
  [[ $line =~ ^(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
  key=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
  value=${value%"${value##*[![:space:]]}"}
  case $value in
    \"*\") value=${value#\"} value=${value%\"} ;;
    \'*\') value=${value#\'} value=${value%\'} ;;
  esac
  export "$key=$value"
done <"$root/$envfile"
cd -- "$root/$directory" || exit
printf '$ %s\n' "$hook"
exec bash -c "$hook" </dev/null
