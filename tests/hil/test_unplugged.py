"""Each device is pulled while the kiosk works: it says so, comes back by itself, and loses nothing."""

import itertools
import json
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from kiosk.engine.back_off import AT_HAND, IN_A_PROCESS, LOOK_S, ON_THE_NETWORK
from kiosk.virtual.cards import IdCard
from kiosk.virtual.demo.subscriber import Subscriber

BACK_S = 15.0
"""Generous, for a shared machine; on a quiet one it takes LOOK_S and the device's own opening."""

READ_S = 1.2
"""Nobody answers a question before having read it."""

NUMBERS = ("110199199001010010", "110199196002290022", "810000190001010018")


def news(table, event, name, up):
    since = len(table.daemon.records)

    def wanted(record):
        return record["event"] == event and record.get(event) == name and record["up"] is up

    return lambda wait=BACK_S: table.daemon.wait_for(wanted, wait, since)


def answer(table, since, wait=8):
    return table.daemon.wait_for(
        lambda r: r["event"] == "notice" and r["signal"] in ("accepted", "refused"), wait, since
    )


def scan(table, data):
    since = len(table.daemon.records)
    table.scanner.present(data.encode())
    return answer(table, since)


def samples(table):
    with closing(sqlite3.connect(table.journal)) as database:
        return database.execute("SELECT count(*) FROM samples").fetchone()[0]


def test_reopening_is_never_further_away_than_a_second():
    assert max(LOOK_S, AT_HAND.longest_s) <= 1.0
    for looks, back_off in itertools.product(range(1, 100), (AT_HAND, IN_A_PROCESS, ON_THE_NETWORK)):
        assert replace(back_off, failures=9, looks=looks).pause_s(0) <= 1.0


def test_scanner(table):
    gone, back = news(table, "device", "scanner", False), news(table, "device", "scanner", True)
    table.scanner.unplug()
    assert gone()
    table.scanner.plug()
    assert back()
    assert scan(table, NUMBERS[0])["key"] == "accepted"


def test_card_reader(table):
    gone, back = news(table, "device", "id-card", False), news(table, "device", "id-card", True)
    table.card_module.unplug()
    assert gone()
    assert scan(table, NUMBERS[1])["key"] == "accepted"
    table.card_module.plug()
    assert back()
    since = len(table.daemon.records)
    table.card_module.lay(IdCard(NUMBERS[0], "测试甲"))
    assert answer(table, since)["key"] == "accepted"


def test_printer(table):
    gone, back = news(table, "printer", "printer", False), news(table, "printer", "printer", True)
    table.printer.unplug()
    assert gone()
    assert scan(table, NUMBERS[0])["key"] == "refused.printer-gone"
    assert samples(table) == 0
    table.printer.plug()
    assert back()
    assert scan(table, NUMBERS[0])["key"] == "accepted"
    assert table.daemon.wait_for(lambda r: r["event"] == "printed" and r["times_ns"], BACK_S)["outcomes"] == [
        "confirmed"
    ]


def test_printer_in_the_middle_of_a_slip(table):
    """The slip is in doubt, staff are asked, NO prints a marked copy, and no slip is joined to half of another."""
    back = news(table, "printer", "printer", True)
    table.printer.cut_after(60)
    since = len(table.daemon.records)
    assert scan(table, NUMBERS[0])["key"] == "accepted"
    assert table.daemon.wait_for(lambda r: r["event"] == "printed" and r["outcomes"] == ["unconfirmed"], BACK_S, since)
    table.printer.plug()
    assert back()
    assert table.daemon.wait_for(lambda r: r.get("key") == "question.voucher", BACK_S, since)
    since = len(table.daemon.records)
    time.sleep(READ_S)
    table.pins.press(24)
    again = table.daemon.wait_for(lambda r: r["event"] == "printed" and r["slips"][0]["copy"] == 1, BACK_S, since)
    assert again["outcomes"] == ["confirmed"]
    table.daemon.stop()
    table.printer.stop()
    vouchers = [slip for slip in table.slips if slip.qrs]
    assert len(vouchers) == 1
    assert vouchers[0].lines[0].decode("gbk").startswith("补打 COPY 1")


def test_plug_of_the_kiosk_pulled_while_half_a_slip_hangs_out(table):
    """The next person's voucher is not joined to the half of another's."""
    table.printer.cut_after(120)
    since = len(table.daemon.records)
    assert scan(table, NUMBERS[0])["key"] == "accepted"
    assert table.daemon.wait_for(lambda r: r["event"] == "printed" and r["outcomes"] == ["unconfirmed"], BACK_S, since)
    table.daemon.kill()
    table.printer.plug()
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["up"], BACK_S, since)
    assert table.daemon.listens(BACK_S, since)
    assert scan(table, NUMBERS[1])["key"] == "accepted"
    assert table.daemon.wait_for(lambda r: r["event"] == "printed" and r["outcomes"] == ["confirmed"], BACK_S, since)
    table.daemon.stop()
    table.printer.stop()
    (whole,) = [slip for slip in table.slips if slip.qrs]
    assert whole.lines[0].decode("gbk") == "核酸已采样凭证"
    assert [line.decode("gbk").startswith("证件/码") for line in whole.lines].count(True) == 1


def test_printer_switched_off_and_on_between_two_people(table):
    """Its status no longer comes by itself: paper that ends then is noticed all the same."""
    table.printer.power_off()
    time.sleep(0.3)
    table.printer.power_on()
    table.printer.paper_out()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["faults"] == ["paper-out"], BACK_S)
    assert scan(table, NUMBERS[0])["key"] == "refused.paper-out"


def test_stopped_with_slips_waiting(make_table):
    """What was never sent is printed at the next start, unmarked and unasked."""
    table = make_table(baud=9600)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "printed", 20)
    assert table.daemon.listens(20)
    for number in NUMBERS:
        assert scan(table, number)["key"] == "accepted"
    table.daemon.stop()
    with closing(sqlite3.connect(table.journal)) as database:
        states = dict(database.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())
    assert "sending" not in states
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["up"], BACK_S, since)
    waiting = states.get("queued", 0)
    if waiting:
        assert table.daemon.wait_for(lambda r: r["event"] == "printed", BACK_S, since)


@pytest.mark.timeout(120)
def test_broker(table):
    """The kiosk goes on; what was counted meanwhile arrives when the broker is back."""
    gone, back = news(table, "device", "broker", False), news(table, "device", "broker", True)
    table.broker.stop()
    assert gone()
    for number in NUMBERS:
        assert scan(table, number)["key"] == "accepted"
    table.broker.start()
    assert back()
    centre = Subscriber(table.broker.port)
    centre.start()
    assert centre.wait_for("counts", lambda counts: counts["samples"] == 3, BACK_S), centre.received
    assert centre.wait_for("status", lambda status: status["state"] == "online", BACK_S)
    centre.stop()
    assert json.dumps([each.payload for each in centre.received]).count("110199") == 0


def test_paper_out_and_loaded(table):
    table.printer.paper_out()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["faults"] == ["paper-out"], BACK_S)
    assert scan(table, NUMBERS[0])["key"] == "refused.paper-out"
    since = len(table.daemon.records)
    table.printer.load_paper()
    assert table.daemon.wait_for(lambda r: r["event"] == "printer" and r["faults"] == [], BACK_S, since)
    assert scan(table, NUMBERS[0])["key"] == "accepted"
