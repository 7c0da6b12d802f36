#!/bin/busybox sh
# Second program of the guest: what systemd would have done, then the command, then the end.
. /run/settings

mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
ln -sf /proc/self/fd /dev/fd
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
done
modprobe fuse
modprobe loop
modprobe tun
sysctl -q -w kernel.printk='1 4 1 7'
hostname machine
ip link set lo up

for port in /sys/class/virtio-ports/*; do
  eval "$(cat "$port/name")=/dev/${port##*/}"
done
cd "$FOLDER"
"$@" >"$output" 2>&1 </dev/null
echo $? >"$status"
sync
/bin/busybox poweroff -f
