"""A box over real drivers: packed at a scanner, its manifests printed, read back and checked as a laboratory does."""

import re
import time

import pytest

from kiosk.vouchers.reception import Receipt, Reception
from kiosk.vouchers.token import Signer

SHOWN_S = 2.0
"""So long a question is read, and a code taken away before it is shown again."""


@pytest.fixture
def at_table(make_table):
    table = make_table(pool_size=1)
    table.daemon.start()
    assert table.daemon.listens(20, 0)
    return table, table.staff_codes


def scan(table, text, key):
    since = len(table.daemon.records)
    table.scanner.present(text.encode())
    notice = table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == key, 15, since)
    assert notice, (key, table.daemon.records[-4:])
    return notice


def asked(table, staff, act, key, then):
    scan(table, staff[act], key)
    time.sleep(SHOWN_S)
    return scan(table, staff["yes"], then)


def labels(table, count):
    end = time.monotonic() + 20
    while len(found := [slip for slip in table.slips if slip.barcodes]) < count and time.monotonic() < end:
        time.sleep(0.05)
    return [slip.barcodes[0] for slip in found]


def manifests(table, count):
    end = time.monotonic() + 30
    while len(found := [qr for slip in table.slips for qr in slip.qrs if qr.startswith(b"KM1:")]) < count:
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_a_box_is_packed_handed_over_and_received(at_table):
    table, staff = at_table
    for number in (b"110199199001010010", b"110199199001010029"):
        since = len(table.daemon.records)
        table.scanner.present(number)
        assert table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", 10, since)
    first, second = labels(table, 2)[:2]
    scan(table, staff["box"], "packing")
    scan(table, first, "tube-boxed")
    scan(table, second, "tube-boxed")
    asked(table, staff, "box-close", "question.box-close", "box-closed")
    asked(table, staff, "hand-over", "question.hand-over", "handed-over")
    one, other = manifests(table, 2)
    assert one == other
    signer = Signer(bytes.fromhex((table.state / "keys" / "voucher-key").read_text()))
    reception = Reception([signer.public_key])
    told = [each for text in (one.decode(), first, second) if (each := reception.scan(text)) is not None]
    assert [each.receipt for each in told] == [Receipt.MANIFEST, Receipt.TICKED, Receipt.TICKED]
    assert reception.agrees
    assert re.fullmatch("B0352[0-9]{8}", told[0].code)


def test_a_plug_pulled_as_the_box_is_handed_over_leaves_one_manifest_to_be_asked_about(at_table):
    table, staff = at_table
    table.scanner.present(b"110199199001010010")
    (first,) = labels(table, 1)[:1]
    assert table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", 10, 0)
    scan(table, staff["box"], "packing")
    scan(table, first, "tube-boxed")
    asked(table, staff, "box-close", "question.box-close", "box-closed")
    scan(table, staff["hand-over"], "question.hand-over")
    time.sleep(SHOWN_S)
    scan(table, staff["yes"], "handed-over")
    table.daemon.kill()
    since = len(table.daemon.records)
    table.daemon.start()
    question = table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "question.manifest", 20, since)
    assert question
    assert table.daemon.listens(20, since)
    for _ in range(2):
        time.sleep(SHOWN_S)
        table.scanner.present(staff["no"].encode())
        time.sleep(2.0)
    found = {bytes(qr) for qr in manifests(table, 2)}
    assert len(found) == 1, "whatever is printed anew says the same"
