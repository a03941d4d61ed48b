"""The clocks of this machine. decisions: Time."""

import time
from pathlib import Path

from kiosk.model import Instant

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


STAMP = Path("/var/lib/systemd/timesync/clock")
"""The time service touches it while the clock is right (systemd-timesyncd.service(8))."""
BUILT = Path(__file__)


def floor_s() -> float:
    """No earlier is it now, whatever the clock says: this was installed by then, and so late it once was. Unix time."""
    return max(file.stat().st_mtime for file in (BUILT, STAMP) if file.exists())


class Clock:
    """The clocks of this machine; trusted once the time service has set the wall clock in this boot."""

    def __init__(self, trusted: bool = False) -> None:
        self._boot = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else "unknown"
        self._trusted = trusted
        self.look()

    def look(self) -> None:
        self._trusted = self._trusted or SYNCHRONISED.exists()

    def __call__(self) -> Instant:
        return Instant(self._boot, time.monotonic_ns(), time.time_ns() // 1_000_000, self._trusted)
