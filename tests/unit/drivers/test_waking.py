"""A thread that rests at a line, and who may end that."""

import socket
import threading
from pathlib import Path

import pytest

from drivers.printer_line import Wire


class Cable:
    """One end of a pair of sockets."""

    name, byte_s, ends_empty, resumes = "cable", 0.0, False, False

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)

    def open(self) -> None: ...

    def fileno(self) -> int:
        return self.near.fileno()

    def pending(self) -> int:
        return 0

    def check(self) -> None: ...

    def close(self, discard: bool = False) -> None: ...


@pytest.fixture
def cable():
    cable = Cable()
    yield cable
    cable.near.close()
    cable.far.close()


def test_a_rest_is_ended_from_another_thread_and_by_what_comes_if_that_is_heeded(cable):
    wire = Wire(cable)
    for call, woken in ((wire.wake, True), (lambda: cable.far.send(b"!"), False)):
        threading.Timer(0.05, call).start()
        assert wire.wait(50, heeding=True) is woken
    assert wire.wait(0.01, heeding=False) is False
    assert wire.read(0) == b"!"


def test_a_call_that_nobody_waited_for_ends_the_next_rest_and_that_one_only(cable):
    wire = Wire(cable)
    wire.wake()
    wire.wake()
    assert wire.wait(50, heeding=True) is True
    assert wire.wait(0.01, heeding=True) is False


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_wakes_a_line_goes_with_it(cable):
    before = descriptors()
    wires = [Wire(cable) for _ in range(100)]
    assert descriptors() == before + 100
    del wires
    assert descriptors() == before
