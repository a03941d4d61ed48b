"""Every status bit of the manual, literally."""

from dataclasses import replace

import pytest

from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.state import Condition, identity, printed

CASES = {
    "healthy": (Condition(), "12121212", "1000000f"),
    "paper out": (Condition(paper_out=True), "1a321272", "18000c0f"),
    "near end": (Condition(near_end=True), "1212121e", "1000030f"),
    "near end and out": (Condition(near_end=True, paper_out=True), "1a32127e", "18000f0f"),
    "cover": (Condition(cover_open=True), "1a161212", "3800000f"),
    "cutter": (Condition(cutter_error=True), "1a521a12", "1808000f"),
    "hot": (Condition(head_hot=True), "1a525212", "1840000f"),
    "drawer": (Condition(drawer_high=True), "16121212", "1400000f"),
}


@pytest.mark.parametrize("case", CASES)
def test_real_time_status_and_report(case: str) -> None:
    condition, real_time, report = CASES[case]
    assert b"".join(condition.real_time(n) for n in (1, 2, 3, 4)).hex() == real_time
    assert condition.report.hex() == report


def test_no_other_real_time_status() -> None:
    assert (Condition().real_time(0), Condition().real_time(5)) == (b"", b"")


def test_queued_status() -> None:
    assert Condition().queued(1) == b"\x00"
    assert Condition(near_end=True).queued(1) == b"\x03"
    assert Condition(paper_out=True).queued(49) == b"\x0c"
    assert Condition(drawer_high=True).queued(2) == b"\x01"
    assert Condition().queued(3) == b""


@pytest.mark.parametrize(
    ("change", "masks"),
    [
        ({"drawer_high": True}, {1}),
        ({"cover_open": True}, {2}),
        ({"cutter_error": True}, {2, 4}),
        ({"near_end": True}, {8}),
        ({"paper_out": True}, {2, 8}),
    ],
)
def test_which_change_each_report_bit_watches(change: dict[str, bool], masks: set[int]) -> None:
    quiet = Condition()
    changed = replace(quiet, **change)
    assert {mask for mask in (1, 2, 4, 8) if quiet.watched(mask) != changed.watched(mask)} == masks


def test_identity() -> None:
    settings = PrinterSettings(firmware="1.23", maker="M", model="P58", serial="0042")
    assert identity(settings, 1) == b"\x20"
    assert identity(settings, 2) == b"\x01"
    assert identity(replace(settings, cutter=True), 2) == b"\x03"
    assert identity(settings, 65) == b"\x5f1.23\0"
    assert identity(settings, 66) == b"\x5fM\0"
    assert identity(settings, 67) == b"\x5fP58\0"
    assert identity(settings, 68) == b"\x5f0042\0"
    assert identity(settings, 69) == b"\x5fCHINA GB2312\0"
    assert identity(replace(settings, charset="gb18030"), 69) == b"\x5fCHINA GB18030\0"
    assert identity(settings, 4) == b""


def test_process_id_answer() -> None:
    assert printed(b"0001").hex() == "37223030303100"
