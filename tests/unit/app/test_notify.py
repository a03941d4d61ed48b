"""The word to the service manager: the watchdog's food, and what is said when nobody takes it."""

import socket

import pytest

from kiosk.app.notify import Notifier
from kiosk.engine.inbox import DeviceNews, new_inbox


class Manager:
    """The service manager's end of the notification socket."""

    def __init__(self, path):
        self.path = path
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))
        self.line.setblocking(False)

    def heard(self):
        words = []
        while True:
            try:
                words.append(self.line.recv(99))
            except BlockingIOError:
                return words

    def leave(self):
        self.line.close()
        self.path.unlink()


@pytest.fixture
def manager(tmp_path):
    manager = Manager(tmp_path / "notify")
    yield manager
    manager.line.close()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def notifier(tmp_path, clock, usec="20000000"):
    return Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": usec}, clock)


def test_turns_of_the_engine_feed_the_watchdog_and_nothing_else_does(make_bench, manager, tmp_path):
    bench, inbox, clock = make_bench().start(), new_inbox(), Clock()
    told = notifier(tmp_path, clock)
    turns = iter([False, False, False, True])
    for device in ("a", "b", "c"):
        inbox.put(DeviceNews(device, True))

    def turn():
        clock.now += 1
        told.alive()

    bench.engine.run(inbox, turn, lambda: next(turns))
    assert manager.heard() == [b"WATCHDOG=1"] * 3


@pytest.mark.parametrize(("usec", "most"), [("20000000", 11), ("", 11), ("400000", 101)])
def test_noise_feeds_the_watchdog_no_more_often_than_it_needs(manager, tmp_path, usec, most):
    """A thousand turns in ten seconds."""
    clock = Clock()
    told, heard = notifier(tmp_path, clock, usec), 0
    for turn in range(1000):
        clock.now = turn / 100
        told.alive()
        heard += len(manager.heard())
    assert most * 0.9 <= heard <= most


def test_readiness_and_stopping_are_told(manager, tmp_path):
    told = notifier(tmp_path, Clock())
    told.ready("serving")
    told.stopping()
    assert manager.heard() == [b"READY=1\nSTATUS=serving", b"STOPPING=1"]


def test_a_manager_that_takes_no_word_holds_up_nobody_and_hears_of_readiness_later(manager, tmp_path):
    clock = Clock()
    told = notifier(tmp_path, clock)
    for second in range(1000):
        clock.now = second
        told.alive()
    told.ready("serving")
    assert set(manager.heard()) == {b"WATCHDOG=1"}
    for second in (1000, 1001):
        clock.now = second
        told.alive()
    assert manager.heard() == [b"READY=1\nSTATUS=serving\nWATCHDOG=1", b"WATCHDOG=1"]


def test_a_manager_that_is_gone_holds_up_nobody_and_hears_of_readiness_when_it_is_back(manager, tmp_path):
    clock = Clock()
    manager.leave()
    told = notifier(tmp_path, clock)
    told.ready("serving")
    told.alive()
    back = Manager(tmp_path / "notify")
    clock.now = 1
    told.alive()
    assert back.heard() == [b"READY=1\nSTATUS=serving\nWATCHDOG=1"]
    back.line.close()


def test_a_path_that_no_socket_can_have_fails_nobody(tmp_path):
    for address in ("x" * 500, "with\0zero", str(tmp_path)):
        told = Notifier({"NOTIFY_SOCKET": address})
        told.ready("serving")
        told.alive()
        told.stopping()


def test_without_a_service_manager_nothing_is_said():
    Notifier({}).ready("serving")
