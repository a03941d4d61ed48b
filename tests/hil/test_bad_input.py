"""What nobody should hold up: a clear refusal on panel and log, nothing printed, nothing lost."""

import pytest

from kiosk.virtual.demo.report import voucher_numbers
from kiosk.virtual.demo.settings import LAMPS

BAD = {
    "wrong check digit": (b"110199199001010011", "refused.wrong-check-digit"),
    "wrong birth date": (b"11019919900230001X", "refused.wrong-birth-date"),
    "ten kilobytes": (b"9" * 10_240, "refused.too-long"),
    "initialise and cut": (b"\x1b@\x1dV\x00\x1bp\x00", "refused.control-bytes"),
    "ESC in an ID number": (b"110199199001010010\x1bi", "refused.control-bytes"),
    "NUL bytes in an ID number": (b"1101991990\x00\x0001010010", "refused.control-bytes"),
    "a web page": (b"https://pay.example/?a=1", "refused.unknown-code"),
    "a Chinese sentence in GBK": ("今天天气很好".encode("gbk"), "refused.unknown-code"),
    "all bytes above 7F": (bytes(range(0xA0, 0x100)), "refused.unknown-code"),
    "somebody else's staff code": (b"KS-AAAAAAAAAAAAAAAAAAAAAAAA", "refused.old-staff-code"),
    "half a signed voucher": (b"KV1:UJCLQE7W581", "refused.torn"),
    "a label of another kiosk": (b"099900000174", "refused.other-tables-tube"),
}


def is_answer(record):
    return record["event"] == "notice" and record["signal"] in ("accepted", "refused")


def scan(table, data, wait=8):
    since = len(table.daemon.records)
    table.scanner.present(data)
    return table.daemon.wait_for(is_answer, wait, since)


@pytest.mark.timeout(120)
def test_each_bad_scan_is_refused_in_words_and_prints_nothing(table):
    for name, (data, key) in BAD.items():
        answer = scan(table, data)
        assert answer is not None, name
        assert answer["key"] == key, name
        assert table.pins.wait_for(lambda values: values.get(LAMPS["refused"]) == 1, 5), name
        assert "{" not in answer["text"], name
    assert scan(table, b"110199199001010010")["key"] == "accepted"
    assert table.daemon.wait_for(lambda r: r["event"] == "printed" and r["times_ns"], 10)
    table.daemon.stop()
    table.printer.stop()
    assert [voucher_numbers(slip) for slip in table.slips] == [(), ("V0352000000158",)]
    log = str(table.daemon.records)
    assert "110199" not in log
    assert "pay.example" not in log


def test_a_torn_scan_is_refused_and_the_whole_one_taken(table):
    since = len(table.daemon.records)
    table.scanner.present_torn(b"110199199001010010", 8)
    assert table.daemon.wait_for(is_answer, 8, since)["key"] == "refused.unreadable"
    assert scan(table, b"110199199001010010")["key"] == "accepted"


def test_lamps_and_buzzer_tell_accepted_from_refused(table):
    table.pins.changes.clear()
    scan(table, b"110199199001010010")
    assert table.pins.wait_for(lambda values: values.get(LAMPS["accepted"]) == 1, 5)
    assert not any(change.pin == LAMPS["refused"] and change.value for change in table.pins.changes)
    scan(table, b"110199199001010011")
    assert table.pins.wait_for(lambda values: values.get(LAMPS["refused"]) == 1, 5)
    assert table.pins.wait_for(lambda values: values.get(LAMPS["accepted"]) == 0, 5)


def test_what_a_scanner_says_at_its_start_is_no_refusal(table):
    since = len(table.daemon.records)
    table.scanner.unplug()
    assert table.daemon.wait_for(lambda r: r["event"] == "device" and not r["up"], 10, since)
    table.scanner.plug()
    assert table.daemon.listens(10, since)
    table.scanner.present_raw(b"BOOT 2.14\r\nSN 4711-0815\r\n\x1b[0mCRC OK\r\nREADY\r\n")
    assert scan(table, b"110199199001010010")["key"] == "accepted"
    records = table.daemon.records[since:]
    assert [r["reason"] for r in records if r["event"] == "said-at-its-start"] == [
        "unknown-code",
        "unknown-code",
        "control-bytes",
        "unknown-code",
    ]
    assert not [r for r in records if r["event"] == "notice" and r["signal"] == "refused"]
