#!/bin/sh
# A stand-in for ssh in fast tests: answers from files beside it, by the name of the host. The real one is in test/real.
#   <host>.say  what ssh itself would say (exit 255)      <host>.out  stdout of the host
#   <host>.err  stderr of the host                        <host>.code exit code of the host
#   <host>.hang it never ends                             <host>.run  what is asked is run here
here=$(dirname "$0")
while [ "$1" != -- ]; do
  [ "$1" = -E ] && log=$2
  shift
done
host=$2
shift 2
echo "$host $*" >>"$here/calls"
[ -f "$here/$host.hang" ] && exec sleep 60
[ -f "$here/$host.run" ] && exec "$@"
cat >"$here/$host.stdin"
if [ -f "$here/$host.say" ]; then
  cat "$here/$host.say" >"$log"
  exit 255
fi
[ -f "$here/$host.err" ] && cat "$here/$host.err" >&2
[ -f "$here/$host.out" ] && cat "$here/$host.out"
[ -f "$here/$host.code" ] && exit "$(cat "$here/$host.code")"
exit 0
