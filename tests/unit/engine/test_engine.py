"""The engine's loop, its watchdog, and what it says of its own faults."""

import contextlib
import json
import logging
import socket

import pytest

from kiosk.app.notify import Notifier
from kiosk.engine.inbox import Crashed, DeviceNews, new_inbox
from kiosk.log import say_fault, start_logging


@pytest.fixture
def manager(tmp_path):
    """The service manager's end of the notification socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def test_each_turn_of_the_engine_feeds_the_watchdog_and_nothing_else_does(make_bench, manager, tmp_path):
    bench, inbox = make_bench().start(), new_inbox()
    notifier = Notifier(str(tmp_path / "notify"))
    turns = iter([False, False, False, True])
    for device in ("a", "b", "c"):
        inbox.put(DeviceNews(device, True))
    bench.engine.run(inbox, notifier.alive, lambda: next(turns))
    assert [manager.recv(99) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(99)


def test_readiness_and_stopping_are_told(manager, tmp_path):
    notifier = Notifier(str(tmp_path / "notify"))
    notifier.ready("serving")
    notifier.stopping()
    assert manager.recv(99) == b"READY=1\nSTATUS=serving"
    assert manager.recv(99) == b"STOPPING=1"


def test_a_service_manager_that_takes_no_word_holds_up_nobody_and_hears_of_readiness_later(manager, tmp_path):
    notifier = Notifier(str(tmp_path / "notify"))
    for _ in range(1000):
        notifier.alive()
    notifier.ready("serving")
    heard = []
    manager.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            heard.append(manager.recv(99))
    assert set(heard) == {b"WATCHDOG=1"}
    notifier.alive()
    notifier.alive()
    assert [manager.recv(99) for _ in range(2)] == [b"READY=1\nSTATUS=serving\nWATCHDOG=1", b"WATCHDOG=1"]
    Notifier(str(tmp_path / "gone")).alive()


def test_without_a_service_manager_nothing_is_said():
    Notifier("").ready("serving")


def test_a_drivers_thread_that_ends_stops_the_kiosk(make_bench):
    bench = make_bench().start()
    with pytest.raises(RuntimeError, match="thread scanner ended"):
        bench.engine.take(Crashed("scanner", ValueError("boom")))


def test_a_fault_is_told_by_place_and_never_quotes_what_was_scanned(capsys):
    start_logging()
    try:
        try:
            int("110199199001010010X")
        except ValueError as error:
            raise RuntimeError("thread scanner ended") from error
    except RuntimeError as error:
        say_fault(error)
    finally:
        logging.getLogger().handlers.clear()
    line = json.loads(capsys.readouterr().err)
    assert line["kinds"] == ["RuntimeError", "ValueError"]
    assert any(place.startswith("test_engine.py:") for place in line["places"])
    assert "110199" not in str(line)
