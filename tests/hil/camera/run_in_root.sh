#!/bin/bash
# run_in_root.sh DIR PYTHON_FILE ARGUMENT...: runs a file of /opt/far_end inside the root; mounts and processes of its own,
# so that nothing stays behind, even if the caller is killed.
set -euo pipefail

export root=$1
shift
exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp PYTHONPATH=/opt/far_end/shadow:/opt/kiosk:/opt/far_end:/opt/site \
  chroot "$root" python3 "/opt/far_end/$0" "$@"' "$@"
