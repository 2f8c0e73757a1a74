#!/usr/bin/env bash
# Installs what the lab needs of this machine and what is missing, from the distribution's own packages.
set -euo pipefail

declare -A package_of=(
  [mmdebstrap]=mmdebstrap [systemd-nspawn]=systemd-container [ip]=iproute2 [nsenter]=util-linux
  [ssh]=openssh-client [sshd]=openssh-server [openssl]=openssl [git]=git [shellcheck]=shellcheck [flock]=util-linux
)

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("${package_of[$program]}")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "The lab needs Debian or Ubuntu: it installs ${missing[*]} with apt-get, which is not here." >&2
  exit 1
fi
echo "lab: installing ${missing[*]} (apt-get)" >&2
export DEBIAN_FRONTEND=noninteractive
# A policy-rc.d that says 101 keeps a freshly installed sshd from being started on this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
log=$(mktemp)
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
