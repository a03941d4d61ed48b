"""How the machine is that the kiosk runs on; None is what nobody can read."""

import contextlib
from pathlib import Path

from kiosk.journal.disk import free_bytes

_HEAT = Path("/sys/class/thermal/thermal_zone0/temp")


def free_mb(folder: Path) -> int | None:
    """Where the journal lies."""
    with contextlib.suppress(OSError):
        return free_bytes(folder) // 2**20
    return None


def celsius() -> float | None:
    with contextlib.suppress(OSError, ValueError):
        return round(int(_HEAT.read_text(encoding="ascii")) / 1000, 1)
    return None
