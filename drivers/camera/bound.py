"""What each child process of the camera does first: it ends with its parent, is the first to go where memory is short,
and may not take much of it."""

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1


def bind(parent: int, memory: int, oom: int) -> None:
    """Ends with the parent's thread that started it, however that ends, also while a library loops. `memory`: bytes of
    its own that it may have, beside libraries, frames in shared memory and what is only reserved."""
    # The service may forbid it, and has limits of its own.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(oom), encoding="ascii")
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit
