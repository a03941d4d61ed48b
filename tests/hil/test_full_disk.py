"""A disk that fills up under the running kiosk: people are refused in words, and it goes on by itself."""

import time

import pytest

from kiosk.engine.engine import LEAST_SPACE
from kiosk.virtual.demo.crowd import with_check_digit
from small_disk import WHY_NOT, can_mount, fill, small_disk

MEGABYTES = 20


@pytest.fixture
def small_state(tmp_path):
    """The state directory of the table lies on a small disk of its own."""
    if not can_mount():
        pytest.skip(WHY_NOT)
    with small_disk(tmp_path / "state", MEGABYTES):
        yield tmp_path / "state"


def shown(table, serial, timeout=5.0):
    """What the panel says to somebody who comes."""
    since = len(table.daemon.records)
    table.scanner.present(with_check_digit(f"11019919900101{serial:03d}").encode())
    found = table.daemon.wait_for(
        lambda r: r["event"] == "notice" and r["signal"] in ("accepted", "refused"), timeout, since
    )
    return None if found is None else found["key"]


def served(table, serial):
    """Somebody is registered, and the slips come out."""
    slips = len(table.slips)
    assert shown(table, serial) == "accepted"
    end = time.monotonic() + 5
    while len(table.slips) == slips and time.monotonic() < end:
        time.sleep(0.02)
    assert len(table.slips) > slips


@pytest.mark.timeout(60)
@pytest.mark.parametrize("left", [LEAST_SPACE - 65536, 0], ids=["reserve", "nothing"])
def test_a_full_disk_refuses_people_and_goes_on_by_itself(small_state, make_table, left):
    table = make_table(pool_size=5)
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", 20), table.daemon.records
    assert table.daemon.listens(20)
    process, ballast = table.daemon.pid, small_state / "ballast"
    fill(ballast, LEAST_SPACE + 2**20)
    for serial in (101, 102):
        served(table, serial)
    since = len(table.daemon.records)
    fill(ballast, left)
    assert table.daemon.wait_for(lambda record: record.get("key") == "refused.disk-full", 5, since), "nobody is told"
    _stands_still(table, process)
    ballast.unlink()
    assert table.daemon.wait_for(lambda record: record.get("key") == "ready", 5, len(table.daemon.records) - 1)
    for serial in (104, 105):
        served(table, serial)
    assert table.daemon.pid == process
    assert table.daemon.stop() == 0


def _settled(table):
    """How many slips there are once the last one is drawn."""
    end = time.monotonic() + 5
    while not (table.printer.at_rest and not table.printer.unfinished()) and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.5)
    return len(table.slips)


def _stands_still(table, process):
    """People and noise come, and nothing but words follows."""
    slips = _settled(table)
    for serial in range(201, 207):
        assert shown(table, serial) == "refused.disk-full"
    table.scanner.present(b"nothing that is used here")
    time.sleep(0.5)
    assert table.daemon.running()
    assert table.daemon.pid == process
    assert len(table.slips) == slips, "paper came out"
    assert all(slip.lines for slip in table.slips), "blank paper was cut"


@pytest.mark.timeout(60)
def test_a_kiosk_that_starts_on_a_full_disk_waits_and_goes_on_by_itself(small_state, make_table):
    table = make_table(pool_size=5)
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", 20), table.daemon.records
    assert table.daemon.listens(20)
    served(table, 101)
    table.daemon.kill()
    slips, since = _settled(table), len(table.daemon.records)
    fill(small_state / "ballast", 0)
    table.daemon.start()
    process = table.daemon.pid
    assert table.daemon.wait_for(lambda record: record["event"] == "journal-waits", 10, since), "nothing is said"
    time.sleep(2.0)
    assert table.daemon.running(), "it restarts again and again"
    assert len(table.slips) == slips, "blank paper was cut"
    (small_state / "ballast").unlink()
    assert table.daemon.wait_for(lambda record: record["event"] == "printer" and record["up"], 10, since)
    assert table.daemon.listens(10, since)
    served(table, 102)
    assert table.daemon.pid == process
