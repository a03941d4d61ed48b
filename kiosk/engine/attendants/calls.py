"""What of a device is waited for, how long that may take, and what its library may raise meanwhile.

decisions: Threads and queues"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from types import TracebackType
from typing import Final, TypeVar

from kiosk.frozen import dataclass
from kiosk.log import say_fault
from kiosk.log.seldom import Seldom
from kiosk.ports import DeviceError

Answer = TypeVar("Answer")


class Call(StrEnum):
    """The calls of a device."""

    OPEN = "open"
    CONNECT = "connect"
    OPEN_ANEW = "open, and end a slip that was cut off"
    READ = "read"
    STATUS = "status"
    PRINT = "print"
    SHOW = "show"
    PUBLISH = "publish"
    HEAR = "hear"
    CLOSE = "close"


LIMIT_S: Final[dict[Call, float]] = {
    Call.OPEN: 45.0,
    Call.CONNECT: 130.0,
    Call.OPEN_ANEW: 240.0,
    Call.READ: 8.0,
    Call.STATUS: 20.0,
    Call.PRINT: 30.0,
    Call.SHOW: 5.0,
    Call.PUBLISH: 10.0,
    Call.HEAR: 10.0,
    Call.CLOSE: 40.0,
}
"""Beyond it a device is stuck. Some seconds more than a sound driver takes at worst: names are looked up in 30 s, a
broker to which all come back answers by either protocol in 80 s, a printer on a slow line is fed for 104 s until a torn
command has had enough, and the kernel offers the rest of a serial port's bytes for 30 s before it closes."""
SLIP_S: Final = 20.0
"""More for each slip of a batch."""

_UNQUOTED: Final = frozenset({Call.READ, Call.STATUS, Call.PRINT, Call.PUBLISH, Call.HEAR})
"""What is raised in these may quote what was scanned or printed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """For a device that is in a call, which must be over then (monotonic nanoseconds; None: a human is waited for)."""

    call: Call
    due_ns: int | None


class BrokenError(DeviceError):
    """A library, or a driver, raised what no driver should: nothing is known of what was done.

    `ours`: it was raised in our own code, so it is a fault of ours.
    """

    def __init__(self, who: str, call: Call, error: BaseException) -> None:
        frames = tuple(_modules(error.__traceback__))
        self.ours = bool(frames) and _is_ours(frames[-1][0])
        self.place = "{}:{}".format(*frames[-1]) if frames else "nowhere"
        words = "" if self.ours or call in _UNQUOTED else _words(error)
        super().__init__(f"{who}: {type(error).__name__} in {call}{words} ({self.place})")


class Calls:
    """The calls of one device: made on its thread, looked at on the engine's."""

    def __init__(self, who: str, now_ns: Callable[[], int], seldom: Seldom) -> None:
        self._who, self._now_ns, self._seldom = who, now_ns, seldom
        self._waiting: Waiting | None = None
        """Written by the device's thread only."""

    def ask(self, call: Call, do: Callable[[], Answer], more_s: float = 0.0) -> Answer:
        """What the driver gives. Raises DeviceError; if it is a BrokenError nothing is known of what was done."""
        self.wait_for(call, LIMIT_S[call] + more_s)
        try:
            return do()
        except DeviceError:
            raise
        except BaseException as error:
            raise self._broken(call, error) from error
        finally:
            self._waiting = None

    def wait_for(self, call: Call, limit_s: float | None) -> None:
        """From now on so long; None: without end."""
        self._waiting = Waiting(call, None if limit_s is None else self._now_ns() + int(limit_s * 1e9))

    def overdue(self, now_ns: int) -> Call | None:
        """In which call the device hangs."""
        waiting = self._waiting
        if waiting is None or waiting.due_ns is None or now_ns < waiting.due_ns:
            return None
        return waiting.call

    def _broken(self, call: Call, error: BaseException) -> BrokenError:
        """A fault of ours is told as one, too."""
        broken = BrokenError(self._who, call, error)
        if broken.ours and self._seldom.may(broken.place, self._now_ns()):
            say_fault(error)
        return broken


def _words(error: BaseException) -> str:
    """Of an error that may be quoted. One that cannot even say what it is must not end the thread that asks."""
    try:
        return f": {error}"
    except Exception:
        return ""


def _modules(link: TracebackType | None) -> Iterator[tuple[str, int]]:
    """Module and line of each frame, the innermost last."""
    while link is not None:
        yield str(link.tb_frame.f_globals.get("__name__", "")), link.tb_lineno
        link = link.tb_next


def _is_ours(module: str) -> bool:
    """The far ends stand for libraries."""
    return module.startswith(("kiosk.", "drivers.")) and not module.startswith("kiosk.virtual.")
