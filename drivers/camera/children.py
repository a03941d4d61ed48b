"""Child processes of the camera, as their parent sees them: started clean, and ended whatever they are doing."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
"""Of the environment: neither the keys' place nor the service manager's socket is a library's business."""
KILL_S = 0.5
"""What the kernel can end is gone by then. What hangs in one of its drivers is not waited for."""

Child = subprocess.Popen[bytes]


def start(module: str, arguments: Iterable[str], environment: Mapping[str, str], **streams: Any) -> Child:
    """A Python of its own that runs the module; its last argument is this process. It ends with the thread that calls
    (bound). Not forked, as a process of many threads cannot be. Raises OSError."""
    command = [sys.executable, "-P", "-m", module, *arguments, str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True, env=environment, **streams)


def kept(names: Iterable[str] = KEPT) -> dict[str, str]:
    """Of our own environment."""
    return {name: os.environ[name] for name in names if name in os.environ}


def end(child: Child, patience_s: float = 0.0) -> bool:
    """Kills it after that time to go by itself; False if even that does not end it."""
    if not _gone(child, patience_s):
        child.kill()
    return _gone(child, KILL_S)


def _gone(child: Child, within_s: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        child.wait(within_s)
    return child.returncode is not None
