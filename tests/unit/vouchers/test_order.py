"""The text of an order: written in one way, and read in no other."""

from contextlib import suppress

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.credentials import voucher_number
from kiosk.credentials.round_keys import NotForHere, opened, seal
from kiosk.encodings import base45
from kiosk.model.orders import ANY, BeginRound, Collect, Order, RenewCodes, Say, Withdraw
from kiosk.vouchers.envelope import NotOurs, SigningKey, UnknownKey, WrongSignature
from kiosk.vouchers.order import LONGEST, MOST_VOUCHERS, PREFIX, is_for, read, signed, verify

KEY = SigningKey(b"c" * 32)
WHOM = ("wuyuan", "r01", "wy-0352", "a")
NOW = 1_653_000_000
LEVELS = st.from_regex("[a-z0-9-]{1,40}", fullmatch=True) | st.just(ANY)
SAYABLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=80)
COMMANDS = st.one_of(
    st.builds(Say, SAYABLE, st.integers(1, 2**32 - 1)),
    st.builds(Collect, st.integers(1, 2**32 - 1)),
    st.builds(
        Withdraw,
        st.lists(st.integers(1, 10**7 - 1), min_size=1, max_size=MOST_VOUCHERS, unique=True).map(
            lambda serials: tuple(voucher_number("0352", each) for each in serials)
        ),
    ),
    st.builds(RenewCodes, st.integers(1, 999)),
    st.builds(BeginRound, st.from_regex("[a-z0-9-]{1,40}", fullmatch=True), st.binary(min_size=64, max_size=176)),
)


@given(st.integers(1, 2**40), st.tuples(LEVELS, LEVELS, LEVELS, LEVELS), COMMANDS)
def test_what_is_signed_reads_back(n, whom, command):
    order = signed(n, whom, command, KEY)
    assert (order.n, order.whom, order.command) == (n, whom, command)
    assert verify(order.text, [KEY.public_key]) == order
    assert len(order.text) <= LONGEST


@pytest.mark.parametrize(
    "command",
    [
        Say("", NOW),
        Say("x" * 81, NOW),
        Say("a\nb", NOW),
        Say("\u202eab", NOW),
        Collect(0),
        Withdraw(()),
        Withdraw(("V0352000000100",)),
        Withdraw(tuple(voucher_number("0352", n) for n in range(1, 66))),
        RenewCodes(0),
        RenewCodes(1000),
        BeginRound("R02", b"k" * 80),
        BeginRound("r02", b"short"),
    ],
)
def test_what_no_table_would_take_is_not_signed(command):
    with pytest.raises(ValueError, match="that a table would take"):
        signed(NOW * 1000, WHOM, command, KEY)


def test_another_key_and_another_signature_are_told_apart():
    text, other = signed(NOW, WHOM, RenewCodes(1), KEY).text, SigningKey(b"x" * 32)
    with pytest.raises(UnknownKey):
        verify(text, [other.public_key])
    forged = cbor2.loads(base45.decode(text[len(PREFIX) :]))
    protected, unprotected, payload, _ = forged.value
    envelope = cbor2.CBORTag(forged.tag, [protected, dict(unprotected), payload, bytes(64)])
    with pytest.raises(WrongSignature):
        verify(PREFIX + base45.encode(cbor2.dumps(envelope, canonical=True)), [KEY.public_key])


@given(st.text() | st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:").map(PREFIX.__add__))
@example(PREFIX)
def test_any_text_is_an_order_or_none(text):
    with suppress(NotOurs):
        assert isinstance(read(text), Order)


@given(st.data())
def test_one_flipped_byte_is_no_order_of_the_centre(data):
    text = signed(NOW, WHOM, Withdraw((voucher_number("0352", 1),)), KEY).text
    raw = bytearray(base45.decode(text[len(PREFIX) :]))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((NotOurs, UnknownKey, WrongSignature)):
        verify(PREFIX + base45.encode(bytes(raw)), [KEY.public_key])


def test_a_place_that_is_not_named_is_any():
    order = signed(NOW, ("wuyuan", "r01", ANY, ANY), RenewCodes(1), KEY)
    assert is_for(order, ("wuyuan", "r01", "wy-0001", "b"))
    assert not is_for(order, ("wuyuan", "r02", "wy-0001", "b"))
    assert not is_for(order, ("xihu", "r01", "wy-0001", "b"))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=128))
def test_a_rounds_key_opens_by_the_tables_own_key_and_for_its_place_alone(seed, round_key):
    table = SigningKey(seed)
    sealed = seal(round_key, table.public_key, "wuyuan/r02/wy-0352/a")
    assert opened(sealed, seed, "wuyuan/r02/wy-0352/a") == round_key
    assert round_key not in sealed
    for other in (
        (seed[::-1] + b"x", "wuyuan/r02/wy-0352/a"),
        (seed, "wuyuan/r02/wy-0352/b"),
        (seed, "wuyuan/r03/wy-0352/a"),
    ):
        with pytest.raises(NotForHere):
            opened(sealed, *other)


@pytest.mark.parametrize("public", [b"", bytes(31), (1).to_bytes(32, "little"), b"\xff" * 32])
def test_what_is_no_public_key_is_refused(public):
    with pytest.raises(ValueError, match="no public key"):
        seal(b"k" * 32, public, "a/b/c/d")
