#!/bin/sh
# Runs a command in the SDK. Called in a mount and process namespace of its own, as the root of it, so every mount made
# here vanishes with the command.
#
#   enter.sh SDK DIRECTORY [ro|rw HOST-PATH SDK-PATH]... -- COMMAND [ARGUMENT]...
#
# The SDK itself is read-only. Mount points can be anywhere under /hotfire, or be files that exist in the SDK.
set -eu

sdk=$1
directory=$2
shift 2

mount --bind "$sdk" "$sdk"
mount -o remount,bind,ro "$sdk"
mount -t proc proc "$sdk/proc"
mount --rbind /dev "$sdk/dev"
mount -t tmpfs -o mode=1777 tmpfs "$sdk/tmp"
mount -t tmpfs -o mode=0755 tmpfs "$sdk/hotfire"

while [ "$1" != -- ]; do
  mode=$1
  source=$2
  target=$sdk$3
  shift 3
  if [ -d "$source" ]; then
    mkdir -p "$target"
  elif [ ! -e "$target" ]; then
    mkdir -p "${target%/*}"
    : >"$target"
  fi
  mount --bind "$source" "$target"
  if [ "$mode" = ro ]; then
    mount -o remount,bind,ro "$target"
  fi
done
shift

# Not `exec`: this shell stays as the first process of the namespace and collects orphans.
chroot "$sdk" /usr/bin/env -C "$directory" "$@"
