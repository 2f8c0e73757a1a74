#!/usr/bin/env bash
# Makes a host of one environment from the baked image. Runs as root in the host's root filesystem before its first
# boot: everything then simply starts with the host.
#
#   bash install.sh ENVIRONMENT [ORIGIN]       ORIGIN: the shop's repository, as the host will see it
set -euo pipefail

shop=$(cd "$(dirname "$0")" && pwd)
environment=$1
origin=${2:-$shop/pakashop.git}
files=$shop/environments/$environment
umask 022

as_deploy() { runuser -u deploy -- env -C /opt/pakashop HOME=/home/deploy "$@"; }

checkout() {
  local branch
  branch=$(<"$files/branch")
  # A copy: a directory that lies in the image could not be renamed (EXDEV), as it can on the disk of a real host.
  cp -a /var/lib/lab/checkout /opt/pakashop
  git config --system safe.directory "$origin"
  as_deploy git remote set-url origin "$origin"
  as_deploy git fetch --quiet --prune
  as_deploy git checkout --quiet -B "$branch" "origin/$branch"
  install -m 0600 -o deploy -g deploy "$files/env" "/opt/pakashop/.env.$environment"
}

units() {
  local unit names=()
  for unit in "$files"/units/*.service; do names+=("${unit##*/}"); done
  install -m 0644 "$files"/units/*.service /etc/systemd/system/
  systemctl --quiet enable "${names[@]}"
}

# The image's role has no password yet. In single-user mode no server needs to be started.
database_password() {
  local config password
  config=$(echo /etc/postgresql/*/main)
  password=$(sed -n 's|^DATABASE_URL=.*://[^:]*:\([^@]*\)@.*|\1|p' "$files/env")
  echo "ALTER ROLE pakashop PASSWORD '$password'" |
    runuser -u postgres -- /usr/local/bin/postgres --single -D "${config/etc/var\/lib}" \
      -c config_file="$config/postgresql.conf" -c dynamic_shared_memory_type=mmap -c log_checkpoints=off \
      -c exit_on_error=on postgres >/dev/null
}

checkout
units
database_password
