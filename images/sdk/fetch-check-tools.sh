#!/bin/sh
# Unpacks what checks images/os. Rust's tools are of the very version of the SDK's compiler: clippy is a compiler itself,
# and shares the library of the other. Nothing is installed; the SDK stays as it is.
#
#   fetch-check-tools.sh SOURCES-LIST
#
# Leaves the programs in /hotfire/output/usr.
set -eu

version=$(dpkg-query --show --showformat '${Version}' rustc)
work=$(mktemp -d /hotfire/output/apt.XXXXXX)
mkdir -p "$work/lists/partial" "$work/archives/partial"
cat >"$work/apt.conf" <<EOF
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Dir::State "$work";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$work";
Dir::Etc::SourceList "$1";
Dir::Etc::SourceParts "/dev/null";
EOF
export APT_CONFIG="$work/apt.conf"

apt-get --quiet update
# gdisk is what tests of the boot slots judge tables with; systemd-analyze judges the units.
apt-get --quiet --yes --no-remove --download-only install "rust-clippy=$version" "rustfmt=$version" gdisk systemd
for deb in "$work"/archives/*.deb; do
  dpkg-deb --extract "$deb" /hotfire/output
done
rm -rf "$work"
