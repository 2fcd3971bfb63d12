#!/bin/sh
# The first process of an example: loads the modules that reading the root takes, waits for it, and starts its init.
# Leaving it, as it does without a root, makes the kernel panic.
PATH=/bin

mkdir -p /proc /sys /dev /root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

while read -r module; do
  insmod "/modules/$module" || echo "initramfs: cannot load $module"
done </modules/order

for argument in $(cat /proc/cmdline); do
  case $argument in
    root=PARTLABEL=*) label=${argument#root=PARTLABEL=} ;;
  esac
done

# Sets `device`. The kernel names a partition's label in its uevent.
find_root() {
  for uevent in /sys/class/block/*/uevent; do
    device=
    name=
    while IFS='=' read -r key value; do
      case $key in
        DEVNAME) device=/dev/$value ;;
        PARTNAME) name=$value ;;
      esac
    done <"$uevent"
    [ "$name" = "$label" ] && return 0
  done
  return 1
}

attempts=50
until find_root; do
  attempts=$((attempts - 1))
  if [ "$attempts" = 0 ]; then
    echo "initramfs: no partition has the label $label"
    exit 1
  fi
  sleep 0.1
done

mount -t ext4 -o rw "$device" /root || exit 1
for directory in dev proc sys; do
  mount -o move "/$directory" "/root/$directory"
done
exec switch_root /root /sbin/init
