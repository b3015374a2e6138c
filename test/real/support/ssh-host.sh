#!/bin/sh
# PID 1 of a test host, run in namespaces of its own: mounts its root, then becomes sshd. All mounts end with it.
# usage: ssh-host.sh <name> <lower dirs> <dir that holds upper/ work/ root/> <program…>
set -eu
name=$1 lower=$2 dir=$3
shift 3
hostname "$name"
mount -t overlay patchwarden-host -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
mount -t proc proc "$dir/root/proc"
mount -t tmpfs tmpfs "$dir/root/run"
mount -t tmpfs tmpfs "$dir/root/dev"
mkdir "$dir/root/run/sshd" "$dir/root/dev/pts" "$dir/root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dir/root/dev/pts"
ln -s pts/ptmx "$dir/root/dev/ptmx"
mknod -m 666 "$dir/root/dev/null" c 1 3
mknod -m 666 "$dir/root/dev/zero" c 1 5
mknod -m 666 "$dir/root/dev/random" c 1 8
mknod -m 666 "$dir/root/dev/urandom" c 1 9
mknod -m 666 "$dir/root/dev/tty" c 5 0
# Without PAM sshd takes "!" for a locked account, and "*" for one that has no password.
sed -i 's/^patchwarden:!:/patchwarden:*:/' "$dir/root/etc/shadow"
exec chroot "$dir/root" "$@"
