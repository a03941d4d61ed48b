"""Two printers at a real table: one stands in for the other, and neither waits for it."""

import sqlite3
import time
from contextlib import closing

import pytest

from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.report import numbers


@pytest.fixture
def table(make_table):
    table = make_table(pool_size=1, spare=True)
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", 20), table.daemon.records
    assert table.daemon.listens(20)
    return table


READ_S = 1.2
"""Staff read a question before they answer it."""


def resident(serial):
    return with_check_digit(f"11019919900101{serial:03d}").encode()


def serve(table, serial):
    """A person comes; the answer on the panel and who printed the slips."""
    since = len(table.daemon.records)
    table.scanner.present(resident(serial))
    answer = table.daemon.wait_for(
        lambda r: r["event"] == "notice" and r["signal"] in ("accepted", "refused"), 10, since
    )
    assert answer is not None
    if answer["signal"] == "refused":
        return answer["key"], None
    printed = table.daemon.wait_for(lambda r: r["event"] == "printed" and r["times_ns"], 30, since)
    return answer["key"], printed and printed["printer"]


def told(table, key, since=0):
    return table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == key, 10, since)


def test_the_spare_prints_while_the_first_has_no_paper_and_stops_when_it_has(table):
    assert serve(table, 1) == ("accepted", "printer")
    table.printer.paper_out()
    assert "打印机不能打印（打印机缺纸）" in told(table, "printer-spare")["text"]
    assert serve(table, 2) == ("accepted", "spare")
    since = len(table.daemon.records)
    table.printer.load_paper()
    assert table.daemon.wait_for(
        lambda r: r["event"] == "printer" and r["printer"] == "printer" and not r["faults"], 10, since
    )
    assert serve(table, 3) == ("accepted", "printer")


def test_a_cable_pulled_in_a_slip_is_a_question_and_the_next_person_does_not_wait(table):
    table.printer.cut_after(150)
    table.scanner.present(resident(1))
    assert told(table, "question.voucher") is not None
    assert serve(table, 2) == ("accepted", "spare")
    time.sleep(READ_S)
    table.pins.press(24)
    assert (
        table.daemon.wait_for(lambda r: r["event"] == "printed" and r["slips"][0]["copy"] == 1, 10)["printer"]
        == "spare"
    )


def test_nobody_is_accepted_when_both_are_sick_and_no_slip_is_lost_or_doubled(table):
    table.printer.open_cover()
    assert told(table, "printer-spare") is not None
    assert table.spare is not None
    since = len(table.daemon.records)
    table.spare.paper_out()
    assert told(table, "refused.cover-open", since) is not None
    assert serve(table, 1)[0] == "refused.cover-open"
    table.spare.load_paper()
    assert table.daemon.wait_for(
        lambda r: r["event"] == "printer" and r["printer"] == "spare" and not r["faults"], 10, since
    )
    assert serve(table, 2) == ("accepted", "spare")
    table.printer.close_cover()
    time.sleep(0.5)
    assert serve(table, 3) == ("accepted", "printer")
    table.daemon.stop()
    table.printer.stop()
    table.spare.stop()
    with closing(sqlite3.connect(table.journal)) as database:
        wanted = [row[0] for row in database.execute("SELECT voucher FROM samples UNION ALL SELECT code FROM tubes")]
    assert sorted(number for slip in table.slips for number in numbers(slip)) == sorted(wanted)
