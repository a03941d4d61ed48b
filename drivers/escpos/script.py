"""A script: what a driver does with a line and a clock, written as a story that never waits itself.

It is a generator. It yields what it wishes (`Write`, `Listen`, `Rest`, `Leave`) and is sent the `Moment` when that was
done. `perform` is all that touches the world. What the line raises is raised in the script, where it wished.

It is the dialogue of `drivers/dialogue.py` for a device that may take a part of what is written, or nothing for long:
so a write tells how much was taken, and a line that is gone is news to the script, not its end.
"""

from collections.abc import Generator
from typing import Protocol, TypeAlias, TypeVar, assert_never

from drivers.dialogue import Listen, Rest
from kiosk.frozen import dataclass
from kiosk.ports import DeviceGone


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes for the line, as many of them as it takes within so many seconds."""

    data: bytes
    within_s: float


@dataclass(frozen=True, slots=True)
class Leave:
    """Until all that was written is in the far end's hands, or until then."""

    until_s: float


Wish = Write | Listen | Rest | Leave


class HungUp(DeviceGone):
    """The far end ended a line that it may take up again; `in_order` if all that was written is in its hands."""

    def __init__(self, why: str, in_order: bool) -> None:
        super().__init__(why)
        self.in_order = in_order


@dataclass(frozen=True, slots=True)
class Moment:
    """What a wish has come to."""

    now: float
    drained_at: float
    """When the last byte that was written will have passed the line."""
    came: bytes = b""
    taken: int = 0
    """Bytes that the line took."""
    pending: int = 0
    """Bytes that it took and that have not left, as far as it knows; told after a Leave."""


T = TypeVar("T")
Script: TypeAlias = Generator[Wish, Moment, T]


class ClockedLine(Protocol):
    """A line and its clock, as drivers.printer_line.Wire is one; in a test both may be virtual."""

    @property
    def name(self) -> str: ...

    @property
    def byte_s(self) -> float: ...

    @property
    def drained_at(self) -> float: ...

    @property
    def resumes(self) -> bool:
        """The far end may end the line while the printer behind it lives on: HungUp."""

    def now_s(self) -> float: ...

    def rest(self, until_s: float) -> None: ...

    def open(self) -> None: ...

    def close(self, discard: bool = False) -> None:
        """`discard`: what is still on its way must not come out any more."""

    def leave(self, until_s: float) -> int:
        """Waits until all has left, or until then; how many bytes have not. Raises DeviceGone."""

    def read(self, timeout: float) -> bytes: ...

    def write(self, data: bytes, timeout: float) -> int: ...


class WakingLine(ClockedLine, Protocol):
    """A line at which the driver may sleep until there is something to do."""

    def wait(self, timeout: float, heeding: bool) -> bool:
        """Until `wake`, or until something comes if that is heeded; whether it was `wake`. Raises DeviceGone."""

    def wake(self) -> None:
        """From any thread."""


class Hearer(Protocol):
    """What a script is about; it hears each moment before the script goes on."""

    def take(self, moment: Moment) -> None: ...


def perform(script: Script[T], line: ClockedLine, hearer: Hearer) -> T:
    """Does what the script wishes, until it ends. Raises what it raises."""
    hearer.take(Moment(line.now_s(), line.drained_at))
    try:
        wish = next(script)
        while True:
            try:
                moment = _done(wish, line)
            except DeviceGone as gone:
                wish = script.throw(gone)
            else:
                hearer.take(moment)
                wish = script.send(moment)
    except StopIteration as end:
        result: T = end.value
        return result


def _done(wish: Wish, line: ClockedLine) -> Moment:
    came, taken, pending = b"", 0, 0
    match wish:
        case Write(data, within_s):
            taken = line.write(data, within_s)
        case Listen(until_s):
            came = line.read(until_s - line.now_s())
        case Rest(until_s):
            line.rest(until_s)
        case Leave(until_s):
            pending = line.leave(until_s)
        case _:
            assert_never(wish)
    return Moment(line.now_s(), line.drained_at, came, taken, pending)
