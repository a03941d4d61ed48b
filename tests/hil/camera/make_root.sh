#!/bin/bash
# make_root.sh DIR PYTHON: what a real picamera2 needs of Debian trixie (Python, libcamera with its virtual pipeline, numpy),
# unpacked and not installed, and picamera2 by PYTHON's pip. Needs a network and ten seconds; no work where DIR is ready.
set -euo pipefail

dir=$1 apt=$1/apt lock=$(dirname "$0")/../../../requirements/camera.txt
[ "$dir/ready" -nt "$0" ] && [ "$dir/ready" -nt "$lock" ] && exit
# An earlier try may have been cut off.
rm -rf "$dir"
mkdir -p "$apt"/{lists,archives}/partial "$apt/parts"

# This machine's own mirror of Debian.
mirror=$(apt-get update --print-uris | sed -n "s#^'\(http.*/debian\)/dists/.*#\1#p" | sort | sed -n 1p)
[ -n "$mirror" ] || { echo "this machine knows no mirror of Debian" >&2; exit 1; }
for suite in trixie trixie-backports; do
  echo "deb [arch=$(dpkg --print-architecture) signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$apt/sources.list"

# Not even fetched, as nothing in the root asks for them: apt takes them for installed.
unused="debconf dpkg libdb5.3t64 libegl-mesa0 libncursesw6 libreadline8t64 libsqlite3-0 libssl3t64 libuuid1 media-types netbase
  openssl-provider-legacy python3-numpy-dev tar tzdata"
for each in $unused; do
  printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: 999\n\n' "$each"
done >"$apt/status"

own_apt() {
  apt-get -qq -o Dir::State="$apt" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/parts" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt/parts" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}

# The newest libcamera that there is for trixie.
own_apt update -o APT::Update::Error-Mode=any
own_apt install --yes --download-only --no-install-recommends --target-release trixie-backports \
  python3-minimal python3-libcamera libcamera-ipa python3-numpy >/dev/null
mkdir -p "$dir"/usr/{bin,lib,lib64,sbin} "$dir"/{dev,opt,proc,sys,tmp}
ln -s usr/{bin,lib,lib64,sbin} "$dir"
for package in "$apt"/archives/*.deb; do dpkg-deb --extract "$package" "$dir"; done
# In place of update-alternatives.
for library in blas lapack; do ln -s $library/lib$library.so.3 "$dir"/usr/lib/*-linux-gnu*/; done
rm -rf "$apt"

# Raspberry Pi's package of picamera2 is not in Debian; the root's Python is 3.13, pip is ours.
"$2" -m pip install --quiet --disable-pip-version-check --no-compile --target "$dir/opt/site" --no-deps \
  --python-version 3.13 --only-binary=:all: --require-hashes --requirement "$lock"

touch "$dir/ready"
