"""The command `kiosk` whose threads tell the kernel their names, as Python does from 3.14 on."""

import sys
import threading
from pathlib import Path

from kiosk.cli import main

_run = threading.Thread.run


def _named(thread: threading.Thread) -> None:
    comm = Path(f"/proc/self/task/{threading.get_native_id()}/comm")
    comm.write_text(thread.name[:15], encoding="utf-8")
    _run(thread)


threading.Thread.run = _named  # type: ignore[method-assign, assignment]
sys.exit(main())
