#!/bin/bash
# make_root.sh DIR: Debian trixie with its RabbitMQ, in which nothing of this machine's own is touched. Needs root, mmdebstrap, a
# network and a minute; no work where DIR is ready.
set -euo pipefail

dir=$1
[ "$dir/ready" -nt "$0" ] && exit
# An earlier try may have been cut off.
rm -rf "$dir"
mkdir -p "$(dirname "$dir")"

# This machine's own mirror of Debian.
mirror=$(apt-get update --print-uris | sed -n "s#^'\(http.*/debian\)/dists/.*#\1#p" | sort | sed -n 1p)
[ -n "$mirror" ] || { echo "this machine knows no mirror of Debian" >&2; exit 1; }
keys=/usr/share/keyrings/debian-archive-keyring.gpg
mmdebstrap --quiet --variant=apt --include=rabbitmq-server --aptopt='Acquire::Retries "2"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  trixie "$dir" "deb [signed-by=$keys] $mirror trixie main"
touch "$dir/ready"
