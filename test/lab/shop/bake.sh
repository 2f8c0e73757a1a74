#!/usr/bin/env bash
# Makes an image's root filesystem hold all that every host of the shop shares: users, certificates, nginx, sudoers,
# the databases with their tables, and the checkout of /opt/pakashop, cloned and built. Runs as root inside the image;
# systemd need not run.
#
#   bash bake.sh [ORIGIN]       ORIGIN: the shop's repository, as the image and later its hosts see it
set -euo pipefail

shop=$(cd "$(dirname "$0")" && pwd)
origin=${1:-$shop/pakashop.git}
# Fixed, so that no file's mode depends on who bakes.
umask 022

as_deploy() { (cd "$1" && runuser -u deploy -- env HOME=/home/deploy "${@:2}"); }

users() {
  useradd --uid 1000 --user-group --create-home --shell /bin/bash --groups systemd-journal deploy
  useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin meilisearch
}

host_files() {
  cp -r "$shop/files/host/." /
  chmod 0440 /etc/sudoers.d/deploy
  visudo -cqf /etc/sudoers.d/deploy
  # Node and its modules are bind-mounted when the host boots.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js /usr/bin/npx
  # A journal that outlives a reboot, as Ubuntu has it; its group is what lets the deploy user read all of it.
  install -d -m 2755 -g systemd-journal /var/log/journal
  systemctl --quiet enable meilisearch.service
  # Work of a real machine that would only take the lab's time, or the network it does not have.
  systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
}

# The lab's own authority, whose certificate clients trust, and the shop's certificate issued by it.
certificates() {
  local ca=/var/lib/lab/ca new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  install -d -m 0700 "$ca"
  openssl req -x509 "${new_key[@]}" -days 3650 -subj '/CN=Pakashop lab CA' -keyout "$ca/ca.key" -out "$ca/ca.crt"
  openssl req "${new_key[@]}" -subj '/CN=pakashop.store' -keyout /etc/ssl/private/pakashop.key -out "$ca/pakashop.csr"
  openssl x509 -req -in "$ca/pakashop.csr" -CA "$ca/ca.crt" -CAkey "$ca/ca.key" -CAcreateserial -days 825 \
    -extfile <(echo 'subjectAltName=DNS:pakashop.store,DNS:www.pakashop.store') -out /etc/ssl/certs/pakashop.crt
  install -m 0644 "$ca/ca.crt" /usr/local/share/ca-certificates/pakashop-lab.crt
  update-ca-certificates
}

nginx_site() {
  ln -sf ../sites-available/pakashop /etc/nginx/sites-enabled/pakashop
  rm -f /etc/nginx/sites-enabled/default
  nginx -t
}

database() {
  local config data server
  config=$(echo /etc/postgresql/*/main)
  data=${config/etc/var\/lib}
  ln -sf /usr/lib/postgresql/*/bin/postgres /usr/local/bin/postgres
  # The lab's data may be lost with its machine.
  printf '%s\n' 'fsync = off' 'full_page_writes = off' >"$config/conf.d/lab.conf"
  server=(runuser -u postgres -- /usr/lib/postgresql/*/bin/pg_ctl -D "$data" -s -w)
  install -d -m 2775 -o postgres -g postgres /run/postgresql
  # No TCP: the machine that bakes may have a PostgreSQL of its own.
  "${server[@]}" -o "-c config_file=$config/postgresql.conf -c listen_addresses=" start
  psql_as_postgres postgres -c 'CREATE ROLE pakashop LOGIN' -c 'CREATE DATABASE pakashop OWNER pakashop'
  psql_as_postgres pakashop -c 'SET ROLE pakashop' -f - <"$shop/files/schema.sql"
  "${server[@]}" -m fast stop
}

psql_as_postgres() { runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 -d "$@"; }

checkout() {
  local branch
  # Git refuses a repository of another user unless told; a host of the lab reads its origin from a mounted directory.
  git config --system safe.directory "$origin"
  install -d -o deploy -g deploy /opt/pakashop
  as_deploy /opt/pakashop git clone --quiet "$origin" .
  # A host gets the branch of its environment, and no other.
  branch=$(as_deploy /opt/pakashop git symbolic-ref --short HEAD)
  as_deploy /opt/pakashop git checkout --quiet --detach
  as_deploy /opt/pakashop git branch --quiet -D "$branch"
  install -d -o deploy -g deploy /opt/pakashop/services/backend/tmp
}

# Leaves what `npm ci`, `go build` and `pip install` leave. An image has no npm: a package is unpacked from its archive.
build() {
  local directory archive package
  for directory in /opt/pakashop/services/*/; do
    for archive in "$directory"vendor/*.tgz; do
      [[ -f $archive ]] || continue
      package=node_modules/$(basename "${archive%-*}")
      as_deploy "$directory" mkdir -p "$package"
      as_deploy "$directory" tar -xf "$archive" -C "$package" --strip-components=1
    done
    if [[ -f $directory/go.mod ]]; then
      as_deploy "$directory" go build -o "bin/$(basename "$directory")" .
    elif grep -qs '^[^#]' "$directory/requirements.txt"; then
      as_deploy "$directory" python3 -m venv .venv
      as_deploy "$directory" .venv/bin/pip install --quiet -r requirements.txt
    fi
  done
  # deploy.sh builds as root: its compiler need not begin with the standard library either.
  install -d /root/.cache
  cp -al /home/deploy/.cache/go-build /root/.cache/
}

# Built where hosts have it, kept elsewhere: each host gets a copy (install.sh).
keep() { mv /opt/pakashop /var/lib/lab/checkout; }

# Says nothing unless it fails.
log=$(mktemp)
exec 3>&2 >"$log" 2>&1
trap finish EXIT
finish() {
  # shellcheck disable=SC2181 # The exit status of the script, not of one command.
  [[ $? == 0 ]] || cat "$log" >&3
  rm -f "$log"
}
users
host_files
certificates
nginx_site
database
checkout
build
keep
