"""kill -9 at any moment: the paper outlives the kiosk, and nothing on it is lost or doubled."""

import random
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest

from kiosk.virtual.demo.report import numbers

KILLS = 12


def resident(serial):
    body = f"11019919{60 + serial // 300}0101{serial % 300 + 100:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def rows(table, query):
    with closing(sqlite3.connect(table.journal)) as database:
        return database.execute(query).fetchall()


@pytest.mark.timeout(240)
def test_killed_at_random_moments_of_a_busy_run(make_table):
    table, chance, serial, accepted = make_table(pool_size=1), random.Random(11), 0, 0
    for _ in range(KILLS):
        started = len(table.daemon.records)
        table.daemon.start()
        assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["up"], 20, started)
        end = time.monotonic() + chance.uniform(0.05, 1.5)
        while time.monotonic() < end:
            serial += 1
            table.scanner.present(resident(serial).encode())
            time.sleep(chance.uniform(0.0, 0.3))
        table.daemon.kill()
        accepted = sum(r["event"] == "notice" and r["key"] == "accepted" for r in table.daemon.records)
    started = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["up"], 20, started)
    _answer_every_question(table)
    table.daemon.stop()
    table.printer.stop()
    _check(table, accepted)


def _answer_every_question(table):
    """Staff say NO to each slip in doubt: what did not come out comes out marked."""
    for _ in range(4 * KILLS):
        time.sleep(0.3)
        if not rows(table, "SELECT 1 FROM jobs WHERE state <> 'confirmed' AND settlement IS NULL"):
            return
        if rows(table, "SELECT 1 FROM jobs WHERE state = 'unconfirmed' AND settlement IS NULL"):
            table.pins.press(24)
    raise AssertionError("the questions never end")


def _check(table, accepted):
    samples = rows(table, "SELECT voucher FROM samples")
    assert len(samples) >= accepted > KILLS / 2, "people saw the green lamp and are not in the journal"
    assert rows(table, "SELECT 1 FROM samples GROUP BY person_key HAVING count(*) > 1") == []
    codes = [code for (code,) in rows(table, "SELECT code FROM tubes")]
    assert len(codes) == len(set(codes))
    unmarked, marked = Counter(), Counter()
    for slip in table.slips:
        copy = any(line.decode("gbk", "replace").startswith("补打") for line in slip.lines)
        (marked if copy else unmarked).update(numbers(slip))
    assert max(unmarked.values()) == 1, f"printed twice unmarked: {unmarked.most_common(3)}"
    assert {number for (number,) in samples} <= unmarked.keys() | marked.keys(), "a voucher is on no paper"
    doubtful = rows(
        table,
        "SELECT coalesce(t.code, s.voucher) FROM jobs j LEFT JOIN tubes t ON t.id = j.tube_id"
        " LEFT JOIN samples s ON s.seq = j.sample_seq WHERE j.copy = 0 AND j.settlement IS NOT NULL",
    )
    proved = {number for number in (*codes, *(v for (v,) in samples)) if (number,) not in doubtful}
    assert proved <= unmarked.keys(), "the journal calls a slip confirmed that is not on paper"
