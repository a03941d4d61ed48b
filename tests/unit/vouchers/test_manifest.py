"""The signed manifest: its literal form, what is refused, that nothing in it can be changed, and that it fits."""

from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.symbols import qr_side
from kiosk.credentials import tube_code
from kiosk.encodings import base45
from kiosk.model import Box, BoxState, Handover, Instant, Packed, Tube, TubeSource, TubeState
from kiosk.vouchers.envelope import SignedError
from kiosk.vouchers.manifest import MOST_TUBES, Line, Manifest, manifest_of, read, sign, verify
from kiosk.vouchers.token import Signer

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SIGNER = Signer(SEED)
KEYS = [SIGNER.public_key]
LINES = (Line("035200000104", 10, 1, 95), Line("TB0000000001", 20, 2, None))
MANIFEST = Manifest("2022-05-r1/wy-0352/a", "B035200000977", 7, 1_653_000_000, "S-77001", LINES)
PAYLOAD: dict[int, object] = {
    1: "2022-05-r1/wy-0352/a",
    6: 1_653_000_000,
    7: (35_200_000_977).to_bytes(5, "big"),
    -65537: 7,
    -65538: "S-77001",
    -65539: [bytes.fromhex("0a01005f0832156068"), [bytes.fromhex("1402ffff"), "TB0000000001"]],
}


def signed(payload: bytes) -> str:
    protected = bytes.fromhex("a10127")
    structure = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(structure)
    message = cbor2.CBORTag(18, [protected, {4: SIGNER.kid}, payload, signature])
    return "KM1:" + base45.encode(cbor2.dumps(message, canonical=True))


def test_its_form_is_as_written_down():
    assert sign(MANIFEST, SIGNER) == signed(cbor2.dumps(PAYLOAD, canonical=True))
    assert verify(sign(MANIFEST, SIGNER), KEYS) == MANIFEST
    assert MANIFEST.people == 30


def test_it_says_what_passed_to_the_driver():
    at = Instant("boot", 9_000_000_000_000, 1_653_000_000_999, True)
    tube = Tube(
        1, "035200000104", TubeSource.PRINTED, 10, TubeState.HANDED_OVER, 10, replace(at, mono_ns=3_300_000_000_000)
    )
    supplier = replace(tube, id=2, code="TB0000000001", filled=20, at=Instant("before", 0, 5, False))
    box = Box(9, "B035200000977", BoxState.HANDED_OVER, at, 2, 30, seal="S-77001")
    handover = Handover(7, box, (Packed(tube, 1), Packed(supplier, 2)), at)
    assert manifest_of(handover, "2022-05-r1/wy-0352/a") == MANIFEST
    assert manifest_of(replace(handover, at=replace(at, trusted=False)), "x").at_s is None


CODES = st.one_of(st.integers(0, 10**12 - 1).map("{:012d}".format), st.from_regex(r"[A-Z0-9-]{1,24}", fullmatch=True))
MADE = st.builds(
    Manifest,
    st.from_regex(r"[a-z0-9/-]{1,40}", fullmatch=True),
    st.integers(1, 10**6 - 1).map(lambda serial: "B" + tube_code("0352", serial)),
    st.integers(0, 2**40),
    st.none() | st.integers(0, 2**32 - 1),
    st.from_regex(r"[A-Za-z0-9-]{0,14}", fullmatch=True),
    st.lists(
        st.builds(Line, CODES, st.integers(0, 20), st.integers(1, 255), st.none() | st.integers(0, 65534)), max_size=9
    ).map(tuple),
)


@given(MADE)
def test_what_is_signed_is_read_back(manifest):
    assert read(sign(manifest, SIGNER)) == manifest


@given(MADE, st.data())
def test_no_character_of_it_can_be_another(manifest, data):
    text = sign(manifest, SIGNER)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
    changed = text[:at] + other + text[at + 1 :]
    if changed != text:
        with pytest.raises(SignedError):
            verify(changed, KEYS)


@given(st.text(max_size=80).map("KM1:".__add__) | st.binary(max_size=90).map(lambda data: "KM1:" + base45.encode(data)))
def test_any_text_is_refused_and_nothing_else_is_raised(text):
    with pytest.raises(SignedError):
        verify(text, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {-65539: [bytes(9)] * (MOST_TUBES + 1)},
        {-65539: [b"short"]},
        {-65539: [[bytes(4), 5]]},
        {-65539: "tubes"},
        {7: bytes(5) + b"\x01"},
        {7: (35_200_000_978).to_bytes(5, "big")},
        {6: "now"},
        {6: 2**33},
        {-65538: "\x1b[2J"},
        {99: 1},
        {-65537: -1},
    ],
    ids=str,
)
def test_what_no_kiosk_writes_is_refused_though_it_is_signed(change):
    with pytest.raises(SignedError):
        verify(signed(cbor2.dumps(PAYLOAD | change, canonical=True)), KEYS)


@pytest.mark.parametrize("code", ["035200{:06d}", "TB0000{:06d}"])
def test_the_largest_box_fits_the_narrow_paper(code):
    lines = tuple(Line(code.format(n), 20, 3, 240) for n in range(MOST_TUBES))
    text = sign(replace(MANIFEST, lines=lines, seal="A" * 14, issuer="a" * 60), SIGNER)
    assert 2 * qr_side(len(text)) <= 384
