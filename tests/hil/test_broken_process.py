"""The daemon as systemd starts it, with a library that hangs: it goes on, and ends when it is asked to."""

import time

import pytest

from kiosk.virtual.demo.crowd import with_check_digit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

IN_TIME_S = 5.0
"""systemd gives ten."""
PATIENT_S = 30.0

HANGING = [
    ("scanner", "serial", "open", "hang"),
    ("scanner", "serial", "read", "hang"),
    ("scanner", "serial", "read", "linger"),
    ("id-card", "id-card", "read", "hang"),
    ("printer", "printer-serial", "open", "hang"),
    ("printer", "printer-serial", "print", "hang"),
    ("panel", "panel", "open", "hang"),
    ("panel", "panel", "show", "linger"),
    ("broker", "broker", "open", "hang"),
    ("broker", "broker", "hear", "hang"),
]


@pytest.fixture
def make_broken(make_table, tmp_path):
    """A table whose daemon has a library that breaks when `broken` is there."""
    tables = []

    def make(*how):
        table = make_table()
        tables.append(table)
        table.daemon.break_library(*how, str(tmp_path / "broken"))
        return table, tmp_path / "broken"

    yield make
    for table in tables:
        table.daemon.kill()


def said(table, **facts):
    return table.daemon.wait_for(lambda record: facts.items() <= record.items(), PATIENT_S)


def heard_last(table, facts):
    """In what the process said before it ended; its pipe may still be read."""
    end = time.monotonic() + PATIENT_S
    while time.monotonic() < end:
        if any(facts.items() <= record.items() for record in table.daemon.records):
            return True
        time.sleep(0.05)
    return False


def show_code(table, serial=100):
    assert table.daemon.listens(PATIENT_S)
    table.scanner.present(with_check_digit(f"11019919900101{serial}").encode())


@pytest.mark.parametrize("how", HANGING, ids="-".join)
def test_it_ends_in_time_whatever_hangs(make_broken, how):
    table, broken = make_broken(*how)
    device, _, call, _ = how
    if call == "open":
        broken.touch()
    table.daemon.start()
    assert said(table, event="ready"), table.daemon.records
    if call != "open":
        assert said(table, event="printed"), table.daemon.records
        assert table.daemon.listens(PATIENT_S)
        broken.touch()
        assert said(table, event="broken")
        show_code(table)
        table.daemon.wait_for(lambda _: False, 1.0, len(table.daemon.records))
    assert table.daemon.stop(IN_TIME_S) == 0
    assert heard_last(table, {"event": "left-behind", "devices": [device]}), table.daemon.records[-5:]


def test_a_scanner_that_hangs_is_noticed_and_the_card_reader_serves_on(make_broken):
    table, broken = make_broken("scanner", "serial", "read", "hang")
    table.daemon.start()
    assert said(table, event="notice", key="ready")
    broken.touch()
    assert said(table, event="device", device="scanner", up=False, stuck=True)
    assert table.pins.wait_for(lambda lamps: lamps[5] == 0 and lamps[22] == 1, PATIENT_S)
    assert table.daemon.stop(IN_TIME_S) == 0


@pytest.mark.parametrize("behaviour", ["hold", "raise"])
def test_after_a_library_that_held_the_interpreter_or_wanted_to_end_it_all_serve_on(make_broken, behaviour):
    """What is held for longer than the watchdog waits, systemd starts anew: nothing in the process can notice it."""
    table, broken = make_broken("id-card", "id-card", "read", behaviour)
    table.daemon.start()
    assert said(table, event="printed")
    broken.touch()
    assert behaviour == "hold" or said(table, event="device", device="id-card", up=False)
    show_code(table)
    assert said(table, event="notice", key="accepted")
    assert table.daemon.stop(IN_TIME_S) == 0
