#!/usr/bin/env bash
# Deploys the branch that is checked out on this host: pull, build everything, restart everything.
set -euo pipefail

cd "$(dirname "$0")/.."
branch=$(git rev-parse --abbrev-ref HEAD)

echo "==> Pulling $branch"
git pull --ff-only origin "$branch"

for directory in services/*/; do
  service=$(basename "$directory")
  echo "==> Building $service"
  (
    cd "$directory"
    if [[ -f package-lock.json ]]; then
      npm ci --omit=dev
    elif [[ -f go.mod ]]; then
      go build -o "bin/$service" .
    elif grep -q '^[^#]' requirements.txt; then
      python3 -m venv .venv
      .venv/bin/pip install --quiet -r requirements.txt
    fi
  )
done

for directory in services/*/; do
  service=$(basename "$directory")
  echo "==> Restarting $service"
  sudo /bin/systemctl restart "pakashop-$service"
done
sudo /bin/systemctl reload nginx

echo "==> Deployed $branch at $(git rev-parse --short HEAD)"
