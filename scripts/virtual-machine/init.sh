#!/bin/busybox sh
# First program of the guest: sees this machine's files, read-only, below a layer of its own, and goes on there.
set -e
export PATH=/bin
/bin/busybox --install /bin
. /settings

mkdir -p /proc /sys /dev /host /tree /packages /scratch /root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in $MODULES; do insmod /modules/$module; done

for share in host tree; do
  mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose $share /$share
done
mount -t ext4 -o noatime /dev/vda /scratch
mount -t ext4 -o ro /dev/vdb /packages

cd /scratch
mkdir upper work packages packages-work tmp docker neargate
chmod 1777 /scratch/tmp
mount -t overlay -o lowerdir=/tree:/host,upperdir=/scratch/upper,workdir=/scratch/work overlay /root
# Layers of containers cannot lie on an overlay.
for folder in tmp var/lib/docker var/lib/neargate; do
  mkdir -p /root/$folder
  mount --bind /scratch/${folder##*/} /root/$folder
done

mount --bind /scratch/project /root$FOLDER
mkdir /root$FOLDER/node_modules
mount -t overlay -o lowerdir=/packages,upperdir=/scratch/packages,workdir=/scratch/packages-work overlay /root$FOLDER/node_modules
cd /

mount --move /proc /root/proc
mount --move /sys /root/sys
mount --move /dev /root/dev
mount -t tmpfs -o mode=755 tmpfs /root/run
cp /settings /run-command /root/run/
exec switch_root /root /bin/busybox sh /run/run-command
