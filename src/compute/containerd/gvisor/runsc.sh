#!/bin/sh
# Stands between containerd's runc shim, which knows a container by its process, and runsc, whose containers in one
# sandbox have no processes of their own. Each container gets a process here that ends when it does, with its exit code.
# Written into the data folder by runtime.ts, with these above: RUNSC, FLAGS, STATE and PROGRAMS (folders), SANDBOX (how
# the ids of sandboxes end: those have a process).
set -u

root= command= pid_file= console= previous= last=
for argument in "$@"; do
  case "$last" in
    --root) root=$argument ;;
    --pid-file) pid_file=$argument ;;
    --console-socket) console=$argument ;;
  esac
  case "$argument" in
    create | start | exec | kill | delete) command=${command:-$argument} ;;
  esac
  previous=$last
  last=$argument
done

# FLAGS are words without spaces.
# shellcheck disable=SC2086
runsc() { "$RUNSC" $FLAGS "$@"; }

# A FIFO is there from creation to start; what is written to it is "started", or the exit code of what never was.
# Opened for both ends, it never blocks.
tell() { [ ! -p "$STATE/$1.fifo" ] || { echo "$2" 1<>"$STATE/$1.fifo"; rm -f "$STATE/$1.fifo"; }; }

# The container's process: keeps its streams until it is started, then waits for its end.
attend() {
  read -r word <"$STATE/$1.fifo"
  [ "$word" = started ] || exit "$word"
  result=$(runsc --root "$root" wait "$1" 2>/dev/null)
  code=${result##*\"exitStatus\":}
  code=${code%%[!0-9]*}
  [ -n "$code" ] || runsc --root "$root" kill --all "$1" 9 2>/dev/null # said nothing: killed, as a rule with the sandbox
  exit "${code:-137}"
}

# The shim kills a program by its process here, which cannot pass that on: so it is noted which one is meant inside.
if [ "$command" = exec ]; then
  program=${pid_file##*/}
  program=${program%.pid}
  for argument in "$@"; do
    shift
    set -- "$@" "$argument"
    [ "$argument" != exec ] || set -- "$@" --internal-pid-file "$PROGRAMS/$program"
  done
fi

case "$command" in
  create) id=$last ;;
  start | delete) id=$last ;;
  kill) id=$previous ;;
  *) id= ;;
esac
case "$id" in
  "" | *"$SANDBOX") exec "$RUNSC" $FLAGS "$@" ;;
esac

case "$command" in
  create)
    runsc "$@" || exit
    rm -f "$STATE/$id.fifo"
    mkfifo -m 600 "$STATE/$id.fifo" || exit
    exec 3<&0 # the shell gives a process in the background no standard input
    (
      exec <&3 3<&-
      # With a terminal the shim waits for the end of what is printed here, before it takes the terminal.
      [ -z "$console" ] || exec >/dev/null 2>&1
      attend "$id"
    ) &
    echo $! >"$STATE/$id.pid"
    printf %s $! >"$pid_file"
    ;;
  start)
    read -r pid <"$STATE/$id.pid" || exit
    runsc "$@" <"/proc/$pid/fd/0" >>"/proc/$pid/fd/1" 2>>"/proc/$pid/fd/2" || exit
    tell "$id" started
    ;;
  kill)
    if [ -p "$STATE/$id.fifo" ]; then
      tell "$id" $((128 + last))
    else
      exec "$RUNSC" $FLAGS "$@"
    fi
    ;;
  delete)
    tell "$id" 137
    rm -f "$STATE/$id.pid"
    # By force: who killed only the process here has not ended the container.
    exec "$RUNSC" $FLAGS --root "$root" delete --force "$id"
    ;;
esac
