#!/bin/bash
# make_guest.sh DIR: Debian's kernel, and a first disk in memory with the modules that the rig needs; no work where DIR
# is ready. The kernel is the one that apt offers today.
set -euo pipefail

dir=$1
here=$(cd "$(dirname "$0")" && pwd)
[ -s "$dir/ready" ] && exit
# An earlier try may have been cut off.
rm -rf "$dir"
mkdir -p "$dir/disk"
dir=$(cd "$dir" && pwd)

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[ -n "$image" ] || { echo "this machine's apt knows no kernel: apt-get update tells it" >&2; exit 1; }
(cd "$dir" && apt-get -qq download "$image" && dpkg-deb -x linux-image-*.deb package)
version=${image#linux-image-}
kernel=$dir/package
[ -d "$kernel/lib" ] || kernel=$dir/package/usr
depmod -b "$kernel" "$version"

mkdir -p "$dir"/disk/{bin,dev,proc,sys,root,modules}
for module in virtio_pci 9pnet_virtio 9p uinput evdev configfs; do
  modprobe -d "$kernel" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  name=$(basename "$file")
  case $file in
    *.xz) xz -dc "$file" > "$dir/disk/modules/${name%.xz}" ;;
    *) cp "$file" "$dir/disk/modules/$name" ;;
  esac
  echo "${name%.xz}" >> "$dir/disk/modules/order"
done
install -m755 /bin/busybox "$dir/disk/bin/busybox"
install -m755 "$here/init" "$dir/disk/init"
(cd "$dir/disk" && find . | cpio --quiet -o -H newc | gzip -1 > "$dir/disk.gz")
mv "$dir"/package/boot/vmlinuz-* "$dir/vmlinuz"
rm -rf "$dir/package" "$dir/disk" "$dir"/*.deb
echo "$version" > "$dir/ready"
