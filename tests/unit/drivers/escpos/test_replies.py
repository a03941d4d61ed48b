"""What an ESC/POS printer says back: golden bytes of the status tables, and streams cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.replies import (
    Automatic,
    Info,
    ProcessId,
    Queued,
    RealTime,
    ReplyReader,
    from_automatic,
    from_real_time,
)
from kiosk.ports import PrinterFault, PrinterState

HEALTHY = PrinterState(True)


@pytest.mark.parametrize(
    ("answers", "faults", "low"),
    [
        ("12 12 12 12", set(), False),
        ("16 12 12 12", set(), False),
        ("1A 16 12 12", {"cover-open"}, False),
        ("1A 32 12 72", {"paper-out"}, False),
        ("1A 32 12 7E", {"paper-out"}, False),
        ("12 12 12 1E", set(), True),
        ("1A 52 1A 12", {"cutter"}, False),
        ("1A 52 32 12", {"broken"}, False),
        ("1A 52 52 12", {"hot"}, False),
        ("1A 12 12 12", {"offline"}, False),
    ],
)
def test_the_four_real_time_answers(answers, faults, low):
    state = from_real_time(*bytes.fromhex(answers))
    assert state == PrinterState(True, frozenset(PrinterFault(each) for each in faults), low)


@pytest.mark.parametrize(
    ("data", "faults", "low"),
    [
        ("10 00 00 0F", set(), False),
        ("14 00 00 0F", set(), False),
        ("38 00 00 0F", {"cover-open"}, False),
        ("18 00 0C 0F", {"paper-out"}, False),
        ("18 00 0F 0F", {"paper-out"}, False),
        ("10 00 03 0F", set(), True),
        ("18 08 00 0F", {"cutter"}, False),
        ("18 20 00 0F", {"broken"}, False),
        ("18 40 00 0F", {"hot"}, False),
        ("18 00 00 0F", {"offline"}, False),
        ("38 00 0C 0F", {"cover-open", "paper-out"}, False),
    ],
)
def test_automatic_status(data, faults, low):
    state = from_automatic(bytes.fromhex(data))
    assert state == PrinterState(True, frozenset(PrinterFault(each) for each in faults), low)


def test_every_fault_is_told_by_some_bit_of_either_form():
    """All bits at once, and none but that of being offline."""
    automatic = (from_automatic(bytes.fromhex(data)) for data in ("38 FF FF FF", "18 00 00 0F"))
    asked = (from_real_time(*bytes.fromhex(data)) for data in ("1A FF FF FF", "1A 12 12 12"))
    for states in (automatic, asked):
        assert {fault for state in states for fault in state.faults} == set(PrinterFault)


REPLIES = [
    (bytes.fromhex("12"), RealTime(0x12)),
    (bytes.fromhex("1000000F"), Automatic(bytes.fromhex("1000000F"))),
    (bytes.fromhex("380C0C0F"), Automatic(bytes.fromhex("380C0C0F"))),
    (bytes.fromhex("00"), Queued(0)),
    (bytes.fromhex("0C"), Queued(0x0C)),
    (bytes.fromhex("37223030303100"), ProcessId(b"0001")),
    (bytes.fromhex("372500"), Info(bytes.fromhex("372500"))),
    (b"_TM-T88V\x00", Info(b"_TM-T88V\x00")),
]


@given(st.lists(st.sampled_from(REPLIES)), st.integers(1, 9))
def test_replies_are_told_apart_however_the_stream_is_cut(replies, size):
    stream = b"".join(wire for wire, _ in replies)
    reader = ReplyReader()
    got = [reply for at in range(0, len(stream), size) for reply in reader.feed(stream[at : at + size])]
    assert got == [reply for _, reply in replies]


def test_flow_control_inside_a_status_group_is_dropped():
    assert list(ReplyReader().feed(bytes.fromhex("10 00 13 00 11 0F"))) == [Automatic(bytes.fromhex("1000000F"))]


@given(st.binary(max_size=60))
def test_noise_never_raises_and_the_next_echo_is_found(noise):
    reader = ReplyReader()
    list(reader.feed(noise + bytes(100)))
    assert ProcessId(b"0042") in list(reader.feed(bytes.fromhex("37223030343200")))


def test_healthy():
    assert from_automatic(bytes.fromhex("1000000F")) == HEALTHY
