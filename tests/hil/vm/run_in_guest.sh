#!/bin/bash
# run_in_guest.sh DIR SCRIPT: runs SCRIPT of this machine's files in the guest of DIR; its output and its exit status.
# KVM is asked for by KIOSK_VM_ACCEL=kvm; without it every machine can do it.
set -euo pipefail

dir=$1
script=$(realpath "$2")
timeout "${KIOSK_VM_SECONDS:-300}" qemu-system-x86_64 -M q35 -accel "${KIOSK_VM_ACCEL:-tcg,thread=multi,tb-size=512}" -cpu max \
  -smp 2 -m 1024 -display none -serial stdio -no-reboot -nic none -kernel "$dir/vmlinuz" -initrd "$dir/disk.gz" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off audit=0 kiosk.run=$script" \
  -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
  -device virtio-9p-pci,fsdev=host,mount_tag=host < /dev/null | tr -d '\r' | tee "$dir/console.log"
status=$(sed -n 's/^guest: status //p' "$dir/console.log")
exit "${status:-70}"
