"""A log that nobody reads, a service manager that takes no word: the table serves on, and ends when told to."""

import json
import signal
import socket
import time

import pytest

from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import LAMPS
from kiosk.virtual.unread_log import UnreadLog

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PEOPLE = 14
PATIENCE_S = 20


def wait_for(holds, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def ready(table):
    return table.pins.wait_for(lambda values: values.get(LAMPS["ready"]) == 1, PATIENCE_S)


def dark(table):
    return table.pins.wait_for(lambda values: not any(values.get(pin) for pin in LAMPS.values()), 1)


def serve(table, people):
    """Each has a voucher in hand before the next one comes."""
    for serial in people:
        before = len(table.slips)
        number = with_check_digit(f"11019919{60 + serial}0101{100 + serial:03d}")
        table.scanner.present(number.encode())
        assert wait_for(lambda before=before: len(table.slips) > before), f"person {serial}"


@pytest.fixture(params=["gone", "full"])
def manager(request, wires, monkeypatch):
    """A service manager's socket that nobody has, or nobody reads."""
    path = wires / "notify"
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        if request.param == "full":
            listener.bind(str(path))
        yield


@pytest.fixture
def unread():
    with UnreadLog() as log:
        yield log


def test_people_are_served_and_it_ends_in_time_though_nobody_reads_the_log(make_table, unread, manager):
    table = make_table(pool_size=20)
    table.daemon.start(unread.written)
    assert ready(table)
    serve(table, range(PEOPLE))
    assert ready(table)
    asked = time.monotonic()
    assert table.daemon.stop(PATIENCE_S) == 0
    assert time.monotonic() - asked < 10, "of which the log gets one second"
    assert dark(table)


def test_what_nobody_read_comes_in_order_when_somebody_does(make_table, unread):
    table = make_table(pool_size=20)
    table.daemon.start(unread.written)
    assert ready(table)
    serve(table, range(PEOPLE))
    heard = b""

    def told():
        nonlocal heard
        heard += unread.read()
        return heard.count(b'"key": "accepted"') == PEOPLE and heard.endswith(b"\n")

    assert wait_for(told), heard
    keys = [json.loads(line).get("key") for line in heard.splitlines()]
    assert keys.count("accepted") == PEOPLE
    assert b"log-dropped" not in heard


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_the_watchdogs_signal_ends_it_at_once_though_nobody_reads_all_stacks(make_table, unread, monkeypatch, number):
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    table = make_table(pool_size=20)
    table.daemon.start(unread.written)
    assert ready(table)
    unread.fill()
    assert table.daemon.end(number, PATIENCE_S) == -number


def test_a_start_with_a_mistake_ends_with_its_status_though_nobody_reads(make_table, unread):
    unread.fill()
    table = make_table()
    (table.state / "kiosk.toml").write_text("[point]\n", "utf-8")
    table.daemon.start(unread.written)
    assert table.daemon.wait(PATIENCE_S) == 78


def test_its_last_words_are_read_by_whoever_reads_within_a_second(make_table, unread):
    unread.fill()
    table = make_table()
    (table.state / "kiosk.toml").write_text("[point]\n", "utf-8")
    table.daemon.start(unread.written)
    heard = b""
    while table.daemon.running():
        time.sleep(0.05)
        heard += unread.read()
    assert table.daemon.wait(1) == 78
    assert b"kiosk.toml" in heard + unread.read()
