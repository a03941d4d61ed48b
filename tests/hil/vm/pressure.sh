#!/bin/bash
# In the guest: the service's processes under the unit's limit of memory, which only a kernel with control groups of
# version 2 keeps. Nothing but memory can be written.
export TMPDIR=/dev/shm HOME=/dev/shm PYTHONDONTWRITEBYTECODE=1 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
cd "$(dirname "$0")/../../.."
mount -t cgroup2 cgroup /sys/fs/cgroup
ip link set lo up
exec .venv/bin/python -m pytest -q --color=no -p no:cacheprovider -rs tests/hil/test_memory_pressure.py
