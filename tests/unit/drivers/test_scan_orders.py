"""Orders to serial scanners and their answers, byte by byte from the makers' manuals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scan_orders import ORDERS, Answer, AnswerSieve, Model

TAKEN = bytes.fromhex("02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03")
OUT_OF_RANGE = bytes.fromhex("02 01 30 30 30 30 23 53 43 4E 54 52 47 31 15 3B 03")
UNKNOWN = bytes.fromhex("02 01 30 30 30 30 40 53 43 4E 54 52 47 31 05 3B 03")


@pytest.mark.parametrize(
    ("model", "start", "stop"),
    [
        ("honeywell", "16 54 0D", "16 55 0D"),
        ("newland", "7E 01 30303030 23 53434E54524731 3B 03", "7E 01 30303030 23 53434E54524730 3B 03"),
        ("newland-short", "01 54 04", "01 50 04"),
        ("datalogic", "54", "58"),
        ("zkteco", "54", "50"),
    ],
)
def test_orders_are_those_of_the_manuals(model, start, stop):
    orders = ORDERS[Model(model)]
    assert (orders.start, orders.stop) == (bytes.fromhex(start), bytes.fromhex(stop))


@pytest.mark.parametrize(("wire", "taken"), [(TAKEN, True), (OUT_OF_RANGE, False), (UNKNOWN, False)])
def test_an_answer_is_taken_out_of_the_stream(wire, taken):
    sieve = AnswerSieve()
    assert sieve.feed(b"AB" + wire + b"CD\r") == (b"ABCD\r", [Answer(taken)])
    assert not sieve.inside


@given(
    st.lists(st.sampled_from([TAKEN, UNKNOWN, b"CODE\r", "测试".encode("gb18030"), b"\x02\x010", b"\x02"])), st.data()
)
def test_any_chunking_leaves_the_same_codes_and_answers(parts, data):
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    sieve, codes, answers = AnswerSieve(), b"", []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        rest, found = sieve.feed(stream[start:end])
        codes, answers = codes + rest, answers + found
    codes += sieve.fallen_silent()
    whole = AnswerSieve()
    rest, found = whole.feed(stream)
    assert (codes, answers) == (rest + whole.fallen_silent(), found)
    assert codes == b"".join(part for part in parts if part not in (TAKEN, UNKNOWN))
    assert answers == [Answer(part == TAKEN) for part in parts if part in (TAKEN, UNKNOWN)]


@given(st.binary(max_size=300))
def test_what_is_no_answer_stays(data):
    sieve = AnswerSieve()
    rest, answers = sieve.feed(data)
    assert len(rest + sieve.fallen_silent()) == len(data) or answers


def test_a_code_that_begins_like_an_answer_is_held_no_longer_than_an_answer_takes():
    sieve = AnswerSieve()
    rest, _ = sieve.feed(b"\x02\x010000" + b"9" * 100)
    assert rest == b"\x02\x010000" + b"9" * 100
