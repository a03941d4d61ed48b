#!/bin/bash
# In the guest: the contracts that need devices of a full kernel. Nothing but memory can be written.
export TMPDIR=/dev/shm HOME=/dev/shm PYTHONDONTWRITEBYTECODE=1 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
cd "$(dirname "$0")/../../.."
exec .venv/bin/python -m pytest -q --color=no -p no:cacheprovider --rig=vm tests/hil/test_hid_scanner.py tests/hil/test_wedge_openings.py
