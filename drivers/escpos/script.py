"""A script: what a driver does with a line and a clock, written as a story that never waits itself.

It is a generator. It yields what it wishes (`Write`, `Listen`, `Pause`) and is sent the `Moment` when that was done.
`perform` is all that touches the world. What the line raises is raised in the script, where it wished.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar, assert_never

from kiosk.ports import DeviceGone


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes for the line, as many of them as it takes within so many seconds."""

    data: bytes
    within_s: float


@dataclass(frozen=True, slots=True)
class Listen:
    """Whatever comes first, or nothing until then; times are seconds of the line's clock."""

    until: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is read until then: what comes is heard after it."""

    until: float


Wish = Write | Listen | Pause


@dataclass(frozen=True, slots=True)
class Moment:
    """What a wish has come to."""

    now: float
    drained_at: float
    """When the last byte that was written will have passed the line."""
    came: bytes = b""
    taken: int = 0
    """Bytes that the line took."""


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

    def now(self) -> float: ...

    def pause(self, until: float) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, timeout: float) -> bytes: ...

    def write(self, data: bytes, timeout: float) -> int: ...


class Hearer(Protocol):
    """What a script is about; it hears each moment before the script goes on."""

    def take(self, moment: Moment) -> None: ...


def perform(script: Script[T], line: ClockedLine, hearer: Hearer) -> T:
    """Does what the script wishes, until it ends. Raises what it raises."""
    hearer.take(Moment(line.now(), line.drained_at))
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
    came, taken = b"", 0
    match wish:
        case Write(data, within_s):
            taken = line.write(data, within_s)
        case Listen(until):
            came = line.read(until - line.now())
        case Pause(until):
            line.pause(until)
        case _:
            assert_never(wish)
    return Moment(line.now(), line.drained_at, came, taken)
