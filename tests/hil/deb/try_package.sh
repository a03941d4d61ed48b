#!/bin/bash
# try_package.sh DIR [SUITE...]: the package of this tree as it is built, installed, upgraded, refused, removed and purged,
# in roots of Debian under DIR that are made once. Needs root, mmdebstrap, lintian, and a network the first time.
set -euo pipefail

here=$(cd "$(dirname "$0")/../../.." && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
suites=("$@")
[ $# -gt 0 ] || suites=(bookworm trixie)
python=$here/.venv/bin/python
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

fail() { echo "FAILED: $*" >&2; exit 1; }
told() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
build() { (cd "$here" && PYTHONPATH=. nice "$python" packaging/build_deb.py --cache "$dir/wheels" "$@" >/dev/null); }

# trixie gave libzbar0 another name with its 64-bit time.
root_of() {
  local zbar=libzbar0
  [ "$1" = bookworm ] || zbar=libzbar0t64
  [ -e "$dir/$1-$2.tar" ] && return
  nice mmdebstrap --quiet --variant=minbase --architectures="$2" --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --include="python3,python3-evdev,python3-numpy,$zbar,systemd,udev,kmod,openssl,tzdata" \
    "$1" "$dir/part-$1-$2.tar" "$mirror"
  mv "$dir/part-$1-$2.tar" "$dir/$1-$2.tar"
}

root=
leave() {
  [ -n "$root" ] || return 0
  for mounted in dev/shm dev/pts dev sys proc; do
    ! mountpoint -q "$root/$mounted" || umount -l "$root/$mounted"
  done
  rm -rf --one-file-system "$root"
  root=
}
trap leave EXIT

enter() {
  root=$(mktemp -d "$dir/root-XXXX")
  tar -C "$root" -xf "$dir/$1-$2.tar" --exclude=./dev
  mkdir -p "$root/dev"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sys "$root/sys"
  mount -t tmpfs -o mode=755 dev "$root/dev"
  mkdir "$root/dev/shm" "$root/dev/pts"
  mount -t tmpfs shm "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 pts "$root/dev/pts"
  local node
  for node in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"; done
}
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$root" "$@"; }
there() { [ -e "$root/$1" ] || fail "$1 is not there"; }
gone() { [ ! -e "$root/$1" ] || fail "$1 is still there"; }
mode() { [ "$(inside stat -c '%a %U' "/$1")" = "$2" ] || fail "$1: $(inside stat -c '%a %U' "/$1"), not $2"; }

try() {
  local suite=$1 arch=$2 old new said
  old=$(ls "$dir/older/"*"deb${release[$suite]}_$arch.deb")
  new=$(ls "$dir/one/"*"deb${release[$suite]}_$arch.deb")
  enter "$suite" "$arch"
  cp "$old" "$root/old.deb"
  cp "$new" "$root/new.deb"

  inside dpkg -i /old.deb >"$dir/install.log" 2>&1 || fail "install: $(tail -3 "$dir/install.log")"
  told "$suite $arch: installed"
  inside kiosk --version | grep -q '^kiosk ' || fail "the command does not run"
  inside /usr/lib/kiosk/bin/python3 -Ic 'import cbor2, cryptography.hazmat.bindings._rust, evdev, numpy, PIL._imaging, \
pydantic_core, tornado.speedups, yaml, zxingcpp, escpos.printer, pyzbar.pyzbar, gpiozero, kiosk.app, drivers.camera'
  told "$suite $arch: each native library loads"
  set +e
  said=$(inside kiosk run --config /etc/kiosk/kiosk.toml 2>&1); status=$?
  set -e
  [ "$status" = 72 ] || fail "without a configuration: status $status: $said"
  [[ $said == *"not provisioned"* ]] || fail "without a configuration: $said"
  mode etc/kiosk/keys "700 root"
  inside id kiosk >/dev/null && inside id kiosk-screen >/dev/null
  for unit in kiosk kiosk-screen kiosk-unprovisioned; do
    [ "$(inside systemctl is-enabled $unit)" = enabled ] || fail "$unit is not enabled"
  done
  [ -n "$(find "$root/usr/lib/kiosk" -path '*kiosk/app/__pycache__/table*.pyc')" ] || fail "nothing is compiled"
  said=$(inside systemd-analyze verify --man=no --recursive-errors=no /usr/lib/systemd/system/kiosk{,-screen,-unprovisioned,-restart}.service 2>&1) || true
  [ -z "$said" ] || fail "verify: $said"
  # These roots leave documentation out.
  said=$(inside dpkg --verify kiosk | grep -v ' /usr/share/doc/kiosk' || true)
  [ -z "$said" ] || fail "files differ from the package: $said"

  # What a table has by the time of an upgrade.
  echo "of this table" >"$root/etc/kiosk/kiosk.toml"
  inside install -d -m 700 -o kiosk -g kiosk /var/lib/kiosk
  head -c 4096 /dev/zero >"$root/var/lib/kiosk/journal.sqlite"
  inside dpkg -i /new.deb >"$dir/upgrade.log" 2>&1 || fail "upgrade: $(tail -3 "$dir/upgrade.log")"
  [ "$(cat "$root/etc/kiosk/kiosk.toml")" = "of this table" ] || fail "the configuration was changed"
  there var/lib/kiosk/journal.sqlite
  told "$suite $arch: upgraded, state and configuration kept"
  if said=$(inside dpkg -i /old.deb 2>&1); then fail "an older release was installed over a newer"; fi
  [[ $said == *"nothing was changed"* ]] || fail "downgrade: $said"
  [ -n "$(find "$root/usr/lib/kiosk" -path '*kiosk/app/__pycache__/table*.pyc')" ] || fail "nothing is compiled after it"
  inside kiosk --version >/dev/null || fail "after a refused downgrade the kiosk does not run"
  printf '\0\0\x03\xe7' | dd of="$root/var/lib/kiosk/journal.sqlite" bs=1 seek=60 conv=notrunc status=none
  if said=$(inside dpkg -i /new.deb 2>&1); then fail "a journal of a newer schema was taken"; fi
  [[ $said == *"the journal is of schema 999"* ]] || fail "newer schema: $said"
  told "$suite $arch: downgrade and newer journal refused"
  inside dpkg --remove kiosk >/dev/null 2>&1 || fail "remove"
  there etc/kiosk/kiosk.toml
  there var/lib/kiosk/journal.sqlite
  gone usr/bin/kiosk
  gone usr/lib/kiosk
  inside dpkg --purge kiosk >/dev/null 2>&1 || fail "purge"
  gone etc/kiosk
  gone var/lib/kiosk
  if inside getent passwd kiosk; then fail "the user is still there"; fi
  told "$suite $arch: removed, purged"
  leave
}

# arm64 on another machine: no script of the package can run without the kernel's help (binfmt_misc), but its Python can.
try_arm64_by_qemu() {
  local suite=$1 tree
  tree=$dir/$suite-arm64
  if [ ! -e "$tree/ready" ]; then
    rm -rf "$tree"
    local zbar=libzbar0
    [ "$suite" = bookworm ] || zbar=libzbar0t64
    nice mmdebstrap --quiet --variant=extract --architectures=arm64 --aptopt='Acquire::Languages "none"' \
      --include="python3,python3-evdev,python3-numpy,$zbar,libstdc++6,libgcc-s1,zlib1g" "$suite" "$tree" "$mirror"
    # Set up by no script: what their alternatives would link.
    for name in libblas:blas liblapack:lapack; do
      find "$tree/usr/lib/aarch64-linux-gnu/${name#*:}" -name "${name%:*}.so.3" -exec ln -sf {} "$tree/usr/lib/aarch64-linux-gnu/" \; 2>/dev/null || true
    done
    touch "$tree/ready"
  fi
  root=$(mktemp -d "$dir/root-XXXX")
  cp -a "$tree/." "$root/"
  dpkg-deb -x "$(ls "$dir/one/"*"deb${release[$suite]}_arm64.deb")" "$root"
  cp /usr/bin/qemu-aarch64-static "$root/"
  for name in libblas:blas liblapack:lapack; do
    ln -sf "${name#*:}/${name%:*}.so.3" "$root/usr/lib/aarch64-linux-gnu/${name%:*}.so.3"
  done
  # Not pyzbar: it finds its library by running ldconfig, which is a program of arm64 too.
  local python=/usr/lib/kiosk/bin/python3
  inside /qemu-aarch64-static -0 $python $python -Ic 'import cbor2, cryptography.hazmat.bindings._rust, evdev, numpy, PIL._imaging, \
pydantic_core, tornado.speedups, yaml, zxingcpp, escpos.printer, gpiozero, kiosk.app, drivers.camera, platform; print(platform.machine())' |
    grep -qx aarch64 || fail "$suite arm64: a library does not load"
  told "$suite arm64: each native library loads under qemu-user (its scripts are not run: SKIPPED)"
  leave
}

# Of one build; a commit between two would be another.
SOURCE_DATE_EPOCH=$(git -C "$here" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
declare -A release=([bookworm]=12 [trixie]=13)
rm -rf "$dir/one" "$dir/two" "$dir/older"
for suite in "${suites[@]}"; do
  build --suite "$suite" --revision 2 --out "$dir/one"
  told "$suite: built for both machines"
  build --suite "$suite" --revision 2 --out "$dir/two"
  for made in "$dir/one/"*"deb${release[$suite]}"_*.deb; do
    cmp "$made" "$dir/two/${made##*/}" || fail "two builds differ"
  done
  told "$suite: built again, the same bytes: $(stat -c %s "$dir/one/"*"deb${release[$suite]}"_*.deb | xargs)"
  build --suite "$suite" --arch amd64 --revision 1 --out "$dir/older"
  nice lintian --fail-on error --no-tag-display-limit "$dir/one/"*"deb${release[$suite]}"_*.deb >"$dir/lintian-$suite.txt" 2>&1 ||
    fail "lintian: $(grep ' E: \|^E: ' "$dir/lintian-$suite.txt")"
  told "$suite: lintian has no errors"
  root_of "$suite" amd64
  try "$suite" amd64
  try_arm64_by_qemu "$suite"
done
told "all is well"
