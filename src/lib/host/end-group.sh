# shellcheck shell=bash
# Ends the process group $1: SIGTERM first, SIGKILL for what is left after $2 twentieths of a second.
group=$1
kill -TERM -- "-$group" 2>/dev/null || exit 0
for ((i = 0; i < $2; i++)); do
  sleep 0.05
  kill -0 -- "-$group" 2>/dev/null || exit 0
done
kill -KILL -- "-$group" 2>/dev/null
