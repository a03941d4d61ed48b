#!/bin/bash
# run_in_root.sh DIR PYTHON_FILE ARGUMENT...: runs a file of /opt/far_end inside the root; mounts and processes of its own,
# so that nothing stays behind.
set -euo pipefail

export root=$1
shift
exec unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
exec chroot "$root" env -i PATH=/usr/bin:/bin:/sbin HOME=/tmp LD_PRELOAD=/opt/heap.so \
  PYTHONPATH=/opt/kiosk:/opt/far_end:/opt/site python3 "/opt/far_end/$0" "$@"' "$@"
