"""How a script is performed: on a line without a printer, told what to answer."""

import pytest

from drivers.dialogue import Listen, Rest
from drivers.escpos.script import Moment, Script, Write, perform
from kiosk.ports import DeviceGone


class Line:
    """Takes three bytes of a write, says what it is given, and is gone when that ends."""

    name, byte_s, drained_at, resumes = "line", 0.5, 0.0, False

    def __init__(self, *says: bytes) -> None:
        self.says, self.at = list(says), 10.0

    def now_s(self) -> float:
        return self.at

    def rest(self, until_s: float) -> None:
        self.at = until_s

    def open(self) -> None: ...

    def close(self, discard: bool = False) -> None: ...

    def leave(self, until_s: float) -> int:
        self.at = until_s
        return 2

    def read(self, timeout: float) -> bytes:
        if not self.says:
            raise DeviceGone("hung up")
        self.at += timeout
        return self.says.pop(0)

    def write(self, data: bytes, timeout: float) -> int:
        assert timeout == 1.0
        self.drained_at = self.at + 3 * self.byte_s
        return min(3, len(data))


class Ear:
    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def take(self, moment: Moment) -> None:
        self.moments.append(moment)


def test_each_wish_becomes_a_moment_that_the_hearer_hears_first():
    ear = Ear()

    def script() -> Script[list[Moment]]:
        seen = []
        for wish in (Write(b"abcd", 1.0), Rest(12.0), Listen(15.0)):
            seen.append((yield wish))
            assert ear.moments[-1] is seen[-1]
        return seen

    seen = perform(script(), Line(b"ok"), ear)
    assert seen == [Moment(10.0, 11.5, taken=3), Moment(12.0, 11.5), Moment(15.0, 11.5, came=b"ok")]
    assert ear.moments == [Moment(10.0, 0.0), *seen]


def test_a_line_that_is_gone_is_raised_where_the_script_wished_and_may_be_caught_there():
    def script() -> Script[str]:
        try:
            yield Listen(11.0)
        except DeviceGone:
            return "gone"
        return "there"

    assert perform(script(), Line(), Ear()) == "gone"


def test_what_a_script_does_not_catch_is_raised():
    def script() -> Script[None]:
        yield Listen(11.0)

    with pytest.raises(DeviceGone, match="hung up"):
        perform(script(), Line(), Ear())
