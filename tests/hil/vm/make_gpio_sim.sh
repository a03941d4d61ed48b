#!/bin/bash
# make_gpio_sim.sh DIR: simulated GPIO lines for the guest of DIR, which Debian's kernels do not have, built from the
# source of its very kernel, and lgpio to compare with. No work where they are ready.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$1" && pwd)
[ -e "$dir/kiosk-gpio-sim.ko" ] && exit
version=$(cat "$dir/ready")
branch=$(echo "$version" | cut -d. -f1-2)
work=$dir/gpio-sim
rm -rf "$work" "$dir/python"
mkdir -p "$work/module"

cd "$work"
apt-get -qq download "linux-headers-$version" "linux-headers-${version%-*}-common" "linux-kbuild-$branch" "linux-source-$branch"
for package in linux-headers-*.deb linux-kbuild-*.deb; do dpkg-deb -x "$package" root; done
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO "./usr/src/linux-source-$branch.tar.xz" |
  tar -xJ --strip-components=1 --wildcards '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'

cp drivers/gpio/gpio-sim.c drivers/gpio/gpiolib.h kernel/irq/irq_sim.c module/
# What a module may call instead; and a line that nobody has any more keeps its level, as the Pi's do.
sed -i 's/handle_simple_irq(irq_to_desc(\(\w*\)))/generic_handle_irq(\1)/' module/irq_sim.c
sed -i '/gc->free = /d; s/^static void gpio_sim_free/static void __maybe_unused gpio_sim_free/' module/gpio-sim.c
printf 'obj-m := kiosk-gpio-sim.o\nkiosk-gpio-sim-y := gpio-sim.o irq_sim.o\n' > module/Makefile
headers=$work/root/usr/src/linux-headers-$version
sed -i "s#/usr/src/#$work/root/usr/src/#" "$headers/Makefile"
make -s -C "$headers" M="$work/module" modules
"$here/../../../.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
  --target "$dir/python" 'lgpio==0.2.2.0'
cp module/kiosk-gpio-sim.ko "$dir/"
rm -rf "$work"
