"""The file that a kiosk is given: what was made comes back, and nothing else is taken."""

import zlib

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.model import Expected, Roster, RosterHead, Status
from kiosk.roster import NotARoster
from kiosk.roster.keyed import fingerprint, read, write
from kiosk.vouchers.envelope import SignedError, SigningKey

KEY, ROUND_KEY = SigningKey(bytes(32)), b"round key of the tests"
KEYS = [KEY.public_key]
UNITS = ("1号楼1单元", "1号楼2单元")
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=9)
PEOPLE = st.lists(
    st.builds(
        Expected,
        st.binary(min_size=32, max_size=32),
        TEXTS,
        st.sampled_from(UNITS),
        TEXTS,
        st.none() | st.integers(-3, 60),
        st.sampled_from(Status),
    ),
    unique_by=lambda person: person.key,
    max_size=20,
)


def roster(people) -> Roster:
    return Roster("r1", "wy-0352", RosterHead(1_653_000_000, UNITS), tuple(people))


@given(PEOPLE)
@settings(deadline=None)
def test_what_was_made_comes_back(people):
    keyed = read(write(roster(people), ROUND_KEY, KEY), KEYS)
    assert keyed.roster == roster(people)
    assert keyed.fingerprint == fingerprint(ROUND_KEY, "r1")


def test_a_rare_character_that_is_younger_than_this_python_keeps_nobody_from_the_list():
    people = (Expected(bytes(32), "\U0003f000**", UNITS[0], "101", 1, Status.EXPECTED),)
    assert read(write(roster(people), ROUND_KEY, KEY), KEYS).roster.people == people


@given(PEOPLE, st.integers(0, 10**6), st.integers(1, 255))
@settings(deadline=None)
def test_one_other_byte_is_refused(people, at, flip):
    data = bytearray(write(roster(people), ROUND_KEY, KEY))
    data[at % len(data)] ^= flip
    with pytest.raises(SignedError):
        read(bytes(data), KEYS)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_noise_is_refused(data):
    with pytest.raises(SignedError):
        read(data, KEYS)


def test_anothers_signature_is_refused():
    with pytest.raises(SignedError):
        read(write(roster(()), ROUND_KEY, SigningKey(b"1" * 32)), KEYS)


def body(**changes: object) -> dict[str, object]:
    row = [bytes(32), "测**", 0, "101", 1, 0]
    found = {"version": 1, "round": "r1", "point": "p", "made": 1, "key": b"12345678", "units": ["1"], "people": [row]}
    return found | changes


WRONG = {
    "a newer release": body(version=2),
    "no people": {key: value for key, value in body().items() if key != "people"},
    "somebody twice": body(people=[[bytes(32), "", 0, "", None, 0]] * 2),
    "a short key": body(people=[[bytes(31), "", 0, "", None, 0]]),
    "no such unit": body(people=[[bytes(32), "", 1, "", None, 0]]),
    "a unit before the first": body(people=[[bytes(32), "", -1, "", None, 0]]),
    "no such status": body(people=[[bytes(32), "", 0, "", None, 9]]),
    "a control character": body(people=[[bytes(32), "\x1b[2J", 0, "", None, 0]]),
    "a long name": body(people=[[bytes(32), "长" * 121, 0, "", None, 0]]),
    "a unit that is no text": body(units=[1]),
    "no row": body(people=[7]),
    "no object": [1, 2],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_genuine_and_no_list_is_refused_with_words(wrong):
    with pytest.raises(NotARoster):
        read(KEY.signed_file(zlib.compress(cbor2.dumps(wrong))), KEYS)


@pytest.mark.parametrize("packed", [b"no zlib", zlib.compress(b"\x9f" * 9), zlib.compress(bytes(2**26))])
def test_what_does_not_unpack_is_refused(packed):
    with pytest.raises(NotARoster):
        read(KEY.signed_file(packed), KEYS)
