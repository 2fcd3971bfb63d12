#!/bin/sh
# Unpacks packages of Debian, with all that they depend on, for any architecture. Nothing of them is run.
#
#   fetch-packages.sh ARCHITECTURE SOURCES-LIST PACKAGE...
#
# Leaves in /hotfire/output:
#   trees/PACKAGE/  the package's files
#   packages.tsv    name, version, architecture, source package, its version, sha256 of the .deb
set -eu

architecture=$1
sources=$2
shift 2

work=$(mktemp -d /hotfire/output/apt.XXXXXX)
mkdir -p "$work/lists/partial" "$work/archives/partial"
: >"$work/status"
cat >"$work/apt.conf" <<EOF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work";
Dir::Etc::SourceList "$sources";
Dir::Etc::SourceParts "/dev/null";
EOF
export APT_CONFIG="$work/apt.conf"

apt-get --quiet update
apt-get --quiet --yes --download-only install "$@"

mkdir /hotfire/output/trees
for deb in "$work"/archives/*.deb; do
  name=$(dpkg-deb --field "$deb" Package)
  mkdir "/hotfire/output/trees/$name"
  dpkg-deb --extract "$deb" "/hotfire/output/trees/$name"
  format='${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t'
  dpkg-deb --show --showformat "$format" "$deb"
  sha256sum "$deb" | cut -d ' ' -f 1
done >/hotfire/output/packages.tsv
rm -rf "$work"
