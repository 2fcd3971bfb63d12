#!/bin/sh
# Makes an initramfs of Debian's busybox-static, some kernel modules and initramfs-init.sh.
#
#   make-initramfs.sh    works in /hotfire/output, which holds:
#   root/      the root file system
#   modules    files of modules to load, relative to the directory of all modules, in this order
#   initrd.img the result
set -eu
umask 022
cd /hotfire/output

mkdir -p initramfs/bin initramfs/modules
cp root/usr/bin/busybox initramfs/bin/busybox
for applet in cat insmod mkdir mount sh sleep switch_root; do
  ln -s busybox "initramfs/bin/$applet"
done
cp /hotfire/scripts/initramfs-init.sh initramfs/init
chmod 755 initramfs/init
while read -r module; do
  name=${module##*/}
  case $name in
    *.xz)
      name=${name%.xz}
      xz --decompress --stdout root/usr/lib/modules/*/"$module" >"initramfs/modules/$name"
      ;;
    *) cp root/usr/lib/modules/*/"$module" "initramfs/modules/$name" ;;
  esac
  echo "$name"
done <modules >initramfs/modules/order

cd initramfs
find . -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
find . | LC_ALL=C sort | cpio --quiet --create --format=newc --reproducible --owner=0:0 >../initrd.cpio
cd ..
zstd --quiet -10 --single-thread initrd.cpio -o initrd.img
rm -r initramfs initrd.cpio modules
