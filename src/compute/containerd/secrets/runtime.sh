#!/bin/sh
# Stands between containerd's runc shim and the runtime of containers with secrets. containerd keeps specifications in
# its database, on the disk; so they lack the secrets there, and the runtime gets the whole ones from the run folder.
# Written into the data folder by secret-specs.ts, with these above: RUNTIME, SECRETS (a folder).
set -u

command= bundle= pid_file= last=
for argument in "$@"; do
  case "$last" in
    --bundle) bundle=$argument ;;
    --pid-file) pid_file=$argument ;;
  esac
  case "$argument" in
    create | exec | start | kill | delete | state) command=${command:-$argument} ;;
  esac
  last=$argument
done

case "$command" in
  create)
    # Without its secrets a container must not run.
    chmod 600 "$bundle/config.json" && cat "$SECRETS/$last.json" >"$bundle/config.json" || exit
    ;;
  exec)
    # The shim names the file of a program's process id after the program.
    process=${pid_file##*/}
    process=$SECRETS/${process%.pid}.json
    previous=
    for argument in "$@"; do
      shift
      [ "$previous" != --process ] || argument=$process
      set -- "$@" "$argument"
      previous=$argument
    done
    ;;
esac
exec "$RUNTIME" "$@"
