#!/usr/bin/env bash
# Prints what systemd and the journal say of a unit since a time (seconds since 1970), newest line first:
#   evidence.sh UNIT PROPERTIES SINCE
set -u
export LC_ALL=C
systemctl show --no-pager --timestamp=us+utc --property="$2" -- "$1"
printf '\x1e\n'
journalctl -q --no-pager -a -o json -r -n 60 -u "$1" --since "@$3" \
  --output-fields=MESSAGE,PRIORITY,UNIT,COREDUMP_UNIT,OBJECT_SYSTEMD_UNIT,_SYSTEMD_UNIT,_PID 2>/dev/null
exit 0
