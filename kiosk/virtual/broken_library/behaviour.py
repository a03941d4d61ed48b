"""What a call may do instead of what it should."""

import ctypes
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Behaviour(Protocol):
    """Of a broken call."""

    def __call__(self) -> None:
        """What happens before the real call; if it returns, that is made."""


@dataclass(frozen=True)
class Hang:
    """Until it is let go; others run meanwhile."""

    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        self.begun.set()
        self.let_go.wait()


@dataclass(frozen=True)
class Linger(Hang):
    """As one that has a thread of its own, for which Python waits at its end."""

    def __call__(self) -> None:
        threading.Thread(target=self.let_go.wait, name="library", daemon=False).start()
        super().__call__()


@dataclass(frozen=True)
class Hold:
    """The interpreter, for so long: nobody's Python runs meanwhile, as in a C extension that does not release it."""

    seconds: float

    def __call__(self) -> None:
        ctypes.PyDLL(None).usleep(int(self.seconds * 1e6))


@dataclass(frozen=True)
class Raise:
    """Whatever `error` makes."""

    error: Callable[[], BaseException]

    def __call__(self) -> None:
        raise self.error()


@dataclass(frozen=True)
class Leak:
    """A pipe end a try, then fails: as a library that gives up half-way."""

    left: list[int] = field(default_factory=list)

    def __call__(self) -> None:
        kept, closed = os.pipe()
        os.close(closed)
        self.left.append(kept)
        raise RuntimeError("no such device")
