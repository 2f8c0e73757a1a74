# shellcheck shell=bash
# Goes in front of every command on a host: $1 is a marker, the rest the command.
# Says on both outputs that all before this line was noise (login banners, rc files), then becomes the command.
# The number after the marker is the process group, which is what a time limit or Ctrl-C ends.
marker=$1
shift
# sshd(8) starts a session leader; a forced command or another server may not. Field 5 of proc_pid_stat(5) is the group.
read -r -a stat </proc/$$/stat
if [[ ${stat[4]} != "$$" ]]; then
  exec setsid bash --norc -pc "$BASH_EXECUTION_STRING" "$0" "$marker" "$@"
fi
# A bash that finds a socket as its standard input and no shell above it reads ~/.bashrc, even for `bash -c` (INVOCATION in bash(1)).
# The command must not be one, for that noise would come after the marker. exec takes one level off.
SHLVL=2
unset BASH_ENV ENV POSIXLY_CORRECT
# The marker and its colon are two arguments, so that the trace of a shell with `set -x` does not look like this line.
# Where nobody is there to read it, because rc files took too long, the command is not wanted any more.
printf '%s%s%s\n' "$marker" : "$$" || exit
printf '%s%s%s\n' "$marker" : "$$" >&2 || exit
exec -- "$@"
