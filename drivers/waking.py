"""What ends another thread's wait for a line."""

import os
import weakref


class Waker:
    """A descriptor that becomes readable by `wake`, until `heard`. It lives as long as this does."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._fd)

    def fileno(self) -> int:
        return self._fd

    def wake(self) -> None:
        """From any thread; never waits."""
        os.eventfd_write(self._fd, 1)

    def heard(self) -> bool:
        """Whether somebody called; the call is over then."""
        try:
            return bool(os.eventfd_read(self._fd))
        except BlockingIOError:
            return False
