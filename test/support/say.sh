# shellcheck shell=bash
# What the scripts of this directory say, all in one voice. Sourced, not run.

# Prints a step of the set-up on standard error; standard output is for what was asked for.
say() { printf '\033[2m»\033[0m %s\n' "$*" >&2; }

# Says what is missing and what to do about it, and ends the script.
give_up() {
  printf '\033[1;31mError:\033[0m %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# Whether real lab hosts can be had here; prints why not.
lab_obstacle() {
  [ "$(uname -s)" = Linux ] || { echo "the lab needs Linux (this is $(uname -s))" && return; }
  command -v apt-get >/dev/null || { echo 'the lab needs Debian or Ubuntu: it installs packages with apt-get' && return; }
  [ "$(id -u)" = 0 ] && return
  # sudo may ask for a password where somebody can type it.
  sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; } || echo 'the lab needs root, or sudo'
}

# Runs a command as root, keeping what Node and the tests need of the environment.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo env "PATH=$PATH" "HOME=$HOME" ${CI:+"CI=$CI"} "$@"; fi
}
