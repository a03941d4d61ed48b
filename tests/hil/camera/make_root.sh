#!/bin/bash
# make_root.sh DIR: Debian trixie with Debian's own libcamera and its virtual pipeline, and picamera2 over it. As root;
# two minutes with a network, no work at all where DIR is ready.
set -euo pipefail

dir=$1
here=$(cd "$(dirname "$0")" && pwd)
[ -e "$dir/ready" ] && exit
# An earlier try may have been cut off.
rm -rf "$dir"

# This machine's own mirror of Debian.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/\?$') ||
  { echo "this machine knows no mirror of Debian: apt-get update tells it" >&2; exit 1; }
backports=/trixie-backports
packages=python3-libcamera$backports,libcamera-ipa$backports,libcamera0.7$backports
packages+=,python3-numpy,python3-pil,libzbar0t64,python3-prctl,python3-jsonschema,python3-piexif,python3-libarchive-c,python3-tqdm
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  trixie "$dir" "deb $mirror trixie main" \
  "deb $mirror trixie-backports main"

# Raspberry Pi's package of picamera2 is not in Debian; the root's Python is 3.13, pip is ours.
pip=("$2" -m pip install --quiet --disable-pip-version-check --target "$dir/opt/site" --no-deps)
"${pip[@]}" --python-version 3.13 --only-binary=:all: picamera2 videodev2 simplejpeg av OpenEXR pyzbar zxing-cpp
"${pip[@]}" PiDNG

gcc -shared -fPIC -O2 -Wall -Wextra -Werror -o "$dir/opt/heap.so" "$here/heap.c" -ldl
install -Dm644 "$here/virtual.yaml" "$dir/usr/share/libcamera/pipeline/virtual/virtual.yaml"
touch "$dir/ready"
