#!/bin/sh
# Makes a root file system of unpacked packages, in place of the maintainer scripts that nobody can run for another
# architecture. What is not done here, systemd does at the first boot: users, directories, the machine's identity.
#
#   make-root.sh PASSWORD    what root logs in with
#
# Under /hotfire:
#   trees/PACKAGE/   the packages' files
#   additions/       what is copied over them
#   output/          gets root/, vmlinuz, and kernel-modules/ with what depmod says of the kernel's modules
set -eu
umask 022

password=$1
root=/hotfire/output/root
mkdir "$root"

# base-files first: it has the links /bin, /lib and /sbin, which must be kept when another package has such a directory.
for tree in /hotfire/trees/base-files /hotfire/trees/*; do
  cp --archive --keep-directory-symlink "$tree/." "$root"
done
rm -rf "$root"/usr/share/doc "$root"/usr/share/info "$root"/usr/share/locale "$root"/usr/share/man

# base-passwd
for file in passwd group; do
  # "x": the password is in the shadow file.
  sed 's/:[^:]*/:x/' "$root/usr/share/base-passwd/$file.master" >"$root/etc/$file"
done
# passwd: field 3 is the day of the last change, which must not be the day of the build.
hash=$(openssl passwd -6 -salt hotfire "$password")
awk -F : -v hash="$hash" -v OFS=: '{ print $1, $1 == "root" ? hash : "*", 20000, 0, 99999, 7, "", "", "" }' \
  "$root/etc/passwd" >"$root/etc/shadow"
sed 's/:.*/:*::/' "$root/etc/group" >"$root/etc/gshadow"
chmod 640 "$root/etc/shadow" "$root/etc/gshadow"
chown 0:42 "$root/etc/shadow" "$root/etc/gshadow"
# libc-bin
cp "$root/usr/share/libc-bin/nsswitch.conf" "$root/etc/nsswitch.conf"
# libpam-runtime: pam_unix alone, as pam-auth-update writes it when no other module is installed.
for kind in account auth password session session-noninteractive; do
  case $kind in
    account) line='account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so' ;;
    auth) line='auth [success=1 default=ignore] pam_unix.so nullok' ;;
    password) line='password [success=1 default=ignore] pam_unix.so obscure yescrypt' ;;
    *) line='session [default=1] pam_permit.so' ;;
  esac
  sed -e "s/^\$[a-z_]*_primary\$/$line/" -e '/^\$/d' "$root/usr/share/pam/common-$kind" >"$root/etc/pam.d/common-$kind"
done
# linux-image
modules=$(echo "$root"/usr/lib/modules/*)
depmod --basedir "$root" "${modules##*/}"
mkdir /hotfire/output/kernel-modules
cp "$modules/modules.dep" "$modules/modules.builtin" /hotfire/output/kernel-modules
mv "$root"/boot/vmlinuz-* /hotfire/output/vmlinuz
rm -rf "$root"/boot/*
# systemd: empty means that the first boot makes one, but has nothing to ask for (machine-id(5), "First boot semantics").
: >"$root/etc/machine-id"

cp --archive --keep-directory-symlink /hotfire/additions/. "$root"
