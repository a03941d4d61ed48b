"""kill -9 at any moment: the paper outlives the kiosk, and nothing on it is lost or doubled."""

import random
import time

import pytest

from journal_audit import audit, ledger, models_of, pieces
from kiosk.virtual.demo.crowd import with_check_digit

KILLS = 12


def resident(serial):
    return with_check_digit(f"11019919{60 + serial // 300}0101{serial % 300 + 100:03d}")


def start(table):
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["up"], 20, since)
    assert table.daemon.listens(20, since)


@pytest.mark.timeout(240)
def test_killed_at_random_moments_of_a_busy_run(make_table):
    table, chance, serial, accepted = make_table(pool_size=1), random.Random(11), 0, 0
    models = _printed_in_peace(table)
    for _ in range(KILLS):
        start(table)
        end = time.monotonic() + chance.uniform(0.05, 1.5)
        while time.monotonic() < end:
            serial += 1
            table.scanner.present(resident(serial).encode())
            time.sleep(chance.uniform(0.0, 0.3))
        table.daemon.kill()
        accepted = sum(r["event"] == "notice" and r["key"] == "accepted" for r in table.daemon.records)
    start(table)
    _answer_every_question(table)
    table.daemon.stop()
    table.printer.stop()
    found = audit(ledger(table.journal), pieces(table.slips, models), models, frozenset())
    assert found.violations == ()
    assert found.samples >= accepted > KILLS / 2, "people saw the green lamp and are not in the journal"


def _printed_in_peace(table):
    """What a whole label and a whole voucher look like."""
    start(table)
    table.scanner.present(resident(9_000).encode())
    end = time.monotonic() + 20
    while len(table.slips) < 3 and time.monotonic() < end:
        time.sleep(0.05)
    table.daemon.stop()
    assert len(table.slips) == 3, "the first label, a voucher, the next label"
    return models_of(table.slips)


def _answer_every_question(table):
    """Staff say NO to each slip in doubt: what did not come out comes out marked. Slips that waited may come out."""
    for _ in range(40 * KILLS):
        time.sleep(0.3)
        waiting = [job for job in ledger(table.journal).jobs if job.open]
        if not waiting:
            return
        if any(job.state == "unconfirmed" for job in waiting):
            table.pins.press(24)
        elif not any(job.state == "sending" for job in waiting):
            table.pins.press(23)
    raise AssertionError(f"the questions never end: {table.daemon.records[-6:]}")
