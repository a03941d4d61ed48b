"""A printed voucher comes back to the table: its signed QR is known, is no credential, and is copied as it was."""

import time

from kiosk.virtual.demo.report import voucher_numbers

FOREIGN = (
    b"KV1:RRQXO8P600GKQR836WQASIC6C80NF6PF63W5NW6SJE106GEF946SW6O:5XD0L7TVQHTE5646$96WY0MKCN8PH-0 10$.UZFO27B1V44+BHB"
    b"SMRJK/0JQI3TH+R3Q.SRC436L4Y6MP3XQJI4ER%DLAWN-7K02GXM+MO6:MS4WPCU+8NS R+5UD+3H816*TU4V:OQ"
)
"""V0352000000158 by another kiosk's key."""

SAME_SCAN_S = 5.5


def scan(table, data):
    since = len(table.daemon.records)
    table.scanner.present(data)
    notice = table.daemon.wait_for(lambda r: r["event"] == "notice" and r["signal"] != "ready", 8, since)
    return notice and notice["key"]


def vouchers(table, count):
    """The vouchers on paper, once there are so many; drawing lags a little behind printing."""
    end = time.monotonic() + 10
    while len(found := [slip for slip in table.slips if slip.qrs]) < count and time.monotonic() < end:
        time.sleep(0.05)
    assert len(found) == count
    return found


def test_the_printed_code_is_known_and_its_copy_bears_the_same(table):
    assert scan(table, FOREIGN) == "refused.unknown-code"
    assert scan(table, b"110199199001010010") == "accepted"
    (original,) = vouchers(table, 1)
    assert scan(table, original.qrs[0]) == "refused.voucher-shown"
    time.sleep(SAME_SCAN_S)
    assert scan(table, b"110199199001010010") == "refused.already-sampled", (
        "a copy is for who shows a code of their own"
    )
    table.scanner.present(table.staff_codes["reprint"].encode())
    _, copy = vouchers(table, 2)
    assert copy.lines[0].decode("gbk") == "补打 COPY 1（工作人员补打）"
    assert (copy.qrs, voucher_numbers(copy)) == (original.qrs, ("V0352000000158",))
