#!/bin/bash
# In the guest: the panel on lines of the kernel's, of a board that gpiozero takes for a Pi.
export TMPDIR=/dev/shm HOME=/dev/shm PYTHONDONTWRITEBYTECODE=1 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
top=$(cd "$(dirname "$0")/../../.." && pwd)
export PYTHONPATH=$top/build/guest/python
mount -t configfs configfs /sys/kernel/config
insmod "$top/build/guest/kiosk-gpio-sim.ko" || exit 1
sim=/sys/kernel/config/gpio-sim/kiosk
mkdir -p $sim/bank0
echo 54 > $sim/bank0/num_lines
echo pinctrl-bcm2711 > $sim/bank0/label
echo 1 > $sim/live
(cat /proc/cpuinfo; echo "Revision : c03115") > /dev/shm/cpuinfo
mount --bind /dev/shm/cpuinfo /proc/cpuinfo
busybox ip link set lo up
# lgpio, which is tried beside the kernel's own lines, makes a FIFO where it stands.
mkdir -p /dev/shm/stand && cd /dev/shm/stand
exec "$top/.venv/bin/python" -m pytest -q --color=no -p no:cacheprovider --rig=vm -c "$top/pyproject.toml" \
  --rootdir="$top" "$top/tests/hil/test_gpio_lines.py"
