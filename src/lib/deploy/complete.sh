#!/usr/bin/env bash
# Marks a release as complete, once all of it is on the disk: complete.sh ROOT ID MARKER
set -eu
umask 022
release=$1/.paka/releases/$2
printf '%s\n' "$3" >"$release/.paka-release.json.new"
sync -f "$release"
mv "$release/.paka-release.json.new" "$release/.paka-release.json"
sync "$release"
