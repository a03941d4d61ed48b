"""Orders to serial scanners and their answers, byte by byte from the makers' manuals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.serial_scanner.orders import ORDERS, Answer, AnswerSieve, Model

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


def fed_in_pieces(stream, data):
    """A sieve after the stream was fed to it with up to eight cuts, and what it gave."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    sieve, codes = AnswerSieve(), b""
    answers: list[Answer] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        rest, found = sieve.feed(stream[start:end])
        codes, answers = codes + rest, answers + found
    return sieve, codes, answers


@given(st.lists(st.sampled_from([TAKEN, UNKNOWN, b"CODE\r", "测试".encode("gb18030"), b"\x02"])), st.data())
def test_any_chunking_leaves_the_same_codes_and_answers(parts, data):
    stream = b"".join(parts)
    sieve, codes, answers = fed_in_pieces(stream, data)
    codes += sieve.fallen_silent()
    whole = AnswerSieve()
    rest, found = whole.feed(stream)
    assert (codes, answers) == (rest + whole.fallen_silent(), found)
    assert codes == b"".join(part for part in parts if part not in (TAKEN, UNKNOWN))
    assert answers == [Answer(part == TAKEN) for part in parts if part in (TAKEN, UNKNOWN)]


@given(st.binary(max_size=300).filter(lambda data: b"\x02\x01" not in data))
def test_what_is_no_answer_stays(data):
    sieve = AnswerSieve()
    rest, answers = sieve.feed(data)
    assert (rest + sieve.fallen_silent(), answers) == (data, [])


@given(st.lists(st.sampled_from([TAKEN, TAKEN[:8], b"CODE\r", b"\x02\x01", b";", b"\x03", b"\x06", b"x"])), st.data())
def test_any_chunking_of_broken_answers_leaves_the_same(parts, data):
    stream = b"".join(parts)
    sieve, codes, answers = fed_in_pieces(stream, data)
    whole = AnswerSieve()
    assert (codes, answers) == whole.feed(stream)
    assert sieve.fallen_silent() == whole.fallen_silent()


@pytest.mark.parametrize("wrong", [0x00, 0x86, 0x41, 0xFF])
@pytest.mark.parametrize("at", range(2, len(TAKEN) - 1))
def test_a_wrong_byte_in_an_answer_does_not_hide_the_code_behind_it(at, wrong):
    answer = TAKEN[:at] + bytes([wrong]) + TAKEN[at + 1 :]
    assert AnswerSieve().feed(answer + b"110199199001010010\r")[0] == b"110199199001010010\r"


@pytest.mark.parametrize("wrong", [0x00, 0x01, 0x07, 0x0B, 0x13, 0x83])
def test_nor_does_a_wrong_end(wrong):
    assert AnswerSieve().feed(TAKEN[:-1] + bytes([wrong]) + b"A1\r")[0] == b"A1\r"


@pytest.mark.parametrize("size", [2, *range(7, 14), 15, 16])
def test_nor_does_half_an_answer_at_once_or_after_a_pause(size):
    sieve = AnswerSieve()
    assert sieve.feed(TAKEN[:size] + b"910199199001010013\r")[0] == b"910199199001010013\r"
    assert sieve.feed(TAKEN[:size]) == (b"", [])
    assert (sieve.inside, sieve.fallen_silent(), sieve.inside) == (True, b"", False)


@pytest.mark.parametrize("size", [3, 6, 13, 14])
@pytest.mark.parametrize("code", [b"110199199001010010\r", b"035200000104\r"])
def test_no_code_behind_half_an_answer_loses_a_digit_unseen(size, code):
    rest, _ = AnswerSieve().feed(TAKEN[:size] + code)
    assert rest == code or rest.startswith(b"\x02\x01")


@pytest.mark.parametrize("at", range(2, len(TAKEN)))
def test_nor_does_a_lost_byte(at):
    assert AnswerSieve().feed(TAKEN[:at] + TAKEN[at + 1 :] + b"910199199001010013\r")[0] == b"910199199001010013\r"


def test_what_begins_like_an_answer_is_held_no_longer_than_an_answer_takes():
    assert AnswerSieve().feed(b"\x02\x010000#" + b"9" * 100) == (b"9" * 100, [])
