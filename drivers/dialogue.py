"""How a pure protocol machine has its bytes sent and its waiting done: it yields what it wants, and is told what came.

A machine neither sleeps nor reads a clock, so that the same machine runs over a real line and in virtual time.
"""

from collections.abc import Generator
from dataclasses import field
from typing import Protocol, TypeAlias, TypeVar, assert_never

from kiosk.frozen import dataclass

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes, now."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Listen:
    """The next bytes, until then at the latest."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing until then; what comes meanwhile waits in the port."""

    until_s: float


Step = Send | Listen | Rest


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a step, and the time after it. The data may hold an identity, so repr shows none."""

    data: bytes = field(repr=False)
    now_s: float


Dialogue: TypeAlias = Generator[Step, Heard, Result]
"""Steps up to a result."""


class Line(Protocol):
    """A line to a device and the clock beside it: seconds that never go back."""

    who: str
    """Names the device in errors."""

    @property
    def heard_ns(self) -> int:
        """When the last byte came, 0 before the first."""

    def open(self) -> None:
        """Raises DeviceGone, as all methods but close."""

    def close(self) -> None: ...

    def discard_input(self) -> None: ...

    def write(self, data: bytes) -> None: ...

    def read(self, until_s: float) -> bytes:
        """What has come, empty if nothing came until then."""

    def now_s(self) -> float: ...

    def rest(self, until_s: float) -> None: ...


def hold(line: Line, dialogue: Dialogue[Result]) -> Result:
    """Does what the machine wants until it has its result. Raises DeviceGone."""
    try:
        step = next(dialogue)
        while True:
            step = dialogue.send(Heard(_do(line, step), line.now_s()))
    except StopIteration as end:
        result: Result = end.value
        return result


def _do(line: Line, step: Step) -> bytes:
    match step:
        case Send(data):
            line.write(data)
        case Listen(until_s):
            return line.read(until_s)
        case Rest(until_s):
            line.rest(until_s)
        case _:
            assert_never(step)
    return b""
