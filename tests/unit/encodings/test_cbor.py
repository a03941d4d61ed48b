"""CBOR of strangers: as cbor2 reads it, but never long at it."""

import time
import zlib
from collections.abc import Iterable

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials.inflating import MOST
from kiosk.encodings import base45
from kiosk.encodings.cbor import Tagged, loads

KEYS = st.one_of(st.integers(-(2**64), 2**64 - 1), st.text(max_size=5))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**64), 2**64 - 1), st.floats(allow_nan=False), st.binary(), st.text()
)
ITEMS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def depth(item: object) -> int:
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return 1 + max(map(depth, inner), default=0)


@given(ITEMS.filter(lambda item: depth(item) <= 16))
def test_what_cbor2_writes_is_read(item):
    assert loads(cbor2.dumps(item)) == item
    assert loads(cbor2.dumps(item, canonical=True)) == item


@pytest.mark.parametrize(
    ("data", "item"),
    [
        ("9f0102ff", [1, 2]),
        ("bf616101ff", {"a": 1}),
        ("7f61616162ff", "ab"),
        ("5f41014102ff", b"\1\2"),
        ("1a00000001", 1),
        ("f93c00", 1.0),
        ("c074323032322d30352d30315431303a30303a30305a", Tagged(0, "2022-05-01T10:00:00Z")),
        ("f7", None),
    ],
)
def test_other_ways_to_write(data, item):
    assert loads(bytes.fromhex(data)) == item


@pytest.mark.parametrize("data", ["", "01 02", "18", "9f01", "7f01ff", "5f6161ff", "61ff"])
@pytest.mark.parametrize("around", ["", "81"])
def test_what_is_torn(around, data):
    with pytest.raises(ValueError, match=r"\S"):
        loads(bytes.fromhex(around + data))


@pytest.mark.parametrize(
    "data", ["1c", "1f", "ff", "df00", "f800", "a1800000", "a1f400", "a201000100", "81" * 17 + "00"]
)
def test_what_is_no_item(data):
    with pytest.raises(ValueError, match=r"\S"):
        loads(bytes.fromhex(data))


@pytest.mark.parametrize("data", ["9bffffffffffffffff", "5bffffffffffffffff", "bb0fffffffffffffff"])
def test_a_length_that_cannot_be(data):
    with pytest.raises(ValueError, match=r"\S"):
        loads(bytes.fromhex(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_item_or_a_value_error(data):
    judged(data)


def judged(data: bytes) -> None:
    try:
        loads(data)
    except ValueError:
        return


def listed(items: Iterable[bytes]) -> bytes:
    return b"\x9f" + b"".join(items) + b"\xff"


BIG = b"\xd8\x1c\xc2\x59\x4e\x20" + b"\xab" * 20_000
"""A number of 20,000 bytes that others may refer to."""


def folded(levels: int) -> bytes:
    """A key of a map that holds itself twice at each level: whoever compares it has 2 to the power of levels to do."""
    key = b"\xd8\x1c\x82\x00\x00"
    for level in range(levels, 0, -1):
        key = b"\xd8\x1c\x82" + key + b"\xd8\x1d\x18" + bytes([level])
    return b"\xa1" + key + b"\x00"


BOMBS = {
    "decimals of one number": listed([BIG, *[b"\xc4\x82\x00\xd8\x1d\x00"] * 6000]),
    "fractions of one number": listed([BIG, *[b"\xd8\x1e\x82\xd8\x1d\x00\xd8\x1d\x00"] * 4000]),
    "a key folded up": folded(40),
    "patterns": listed(b"\xd8\x23\x63" + bytes([97 + n % 26, 97 + n // 26 % 26, 42]) for n in range(6000)),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_bomb_takes_no_longer_than_other_bytes(data):
    assert len(data) < MOST
    assert len(base45.encode(zlib.compress(data))) < 2000
    plain = listed([b"\x01"] * MOST)
    assert seconds(data) < 10 * seconds(plain)


def seconds(data: bytes) -> float:
    """The shortest of three readings, in CPU time of this thread."""
    times = []
    for _ in range(3):
        begun = time.thread_time()
        judged(data)
        times.append(time.thread_time() - begun)
    return min(times)
