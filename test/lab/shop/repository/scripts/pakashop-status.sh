#!/usr/bin/env bash
# Shows every service of this host: green when it runs and its health answers, yellow when only it runs, red when not.
set -uo pipefail

services=('{services}')

green=$'\e[32m' yellow=$'\e[33m' red=$'\e[31m' plain=$'\e[0m'
failed=0

for entry in "${services[@]}"; do
  service=${entry%:*} port=${entry#*:}
  if ! systemctl is-active --quiet "pakashop-$service"; then
    colour=$red state=down
    failed=$((failed + 1))
  elif ! curl -fsS -m 3 -o /dev/null "http://127.0.0.1:$port/health" 2>/dev/null; then
    colour=$yellow state=unhealthy
    failed=$((failed + 1))
  else
    colour=$green state=up
  fi
  printf '%s%-10s%s %-16s %s\n' "$colour" "$state" "$plain" "$service" "$port"
done

echo
if ((failed > 0)); then
  echo "${red}$failed of ${#services[@]} services need attention${plain}"
  exit 1
fi
echo "${green}all ${#services[@]} services are up${plain}"
