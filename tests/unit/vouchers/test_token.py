"""The signed voucher: its literal form, what is refused, and that nothing can be changed in it."""

from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.encodings import base45
from kiosk.model import Instant, Person, Sample
from kiosk.vouchers.token import (
    LONGEST,
    Claims,
    NotAVoucher,
    Signer,
    UnknownKey,
    VoucherError,
    WrongSignature,
    claims_of,
    read,
    verify,
)

# Seed and public key of RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC_KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNER = Signer(SEED)
OTHER = Signer(bytes(32))
CLAIMS = Claims("2022-05-r1/wy-0352/a", "测** 0010", 1_653_000_000, "V0352000000158")
GOLDEN = (
    "KV1:RRQXO8P600GKQR836WQASIC6C80NF6PF63W5NW6SJE106GEF946SW6O:5XD0L7TVQHTE5646$96WY0MKCN8PH-0 10$.UZFO27B1V44+BHB"
    "SMRJK/0JQI3TH+R3Q.SRC436L4Y6MP3XQJI4ER%DLAWN-7K02GXM+MO6:MS4WPCU+8NS R+5UD+3H816*TU4V:OQ"
)
SAMPLE = Sample(
    7,
    Person(b"key", "测**", "**************0010"),
    1,
    10,
    3,
    CLAIMS.number,
    Instant("boot", 0, 1_653_000_000_999, True),
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def unpacked(text: str) -> bytes:
    """Base45 written once more, as the kiosk's own must not judge itself."""
    data = b""
    for at in range(0, len(text), 3):
        low, middle, *high = (ALPHABET.index(character) for character in text[at : at + 3])
        data += (low + 45 * middle + 2025 * high[0]).to_bytes(2, "big") if high else bytes([low + 45 * middle])
    return data


def packed(data: bytes) -> str:
    text = ""
    for at in range(0, len(data) - 1, 2):
        high, low = divmod(256 * data[at] + data[at + 1], 2025)
        text += ALPHABET[low % 45] + ALPHABET[low // 45] + ALPHABET[high]
    return "KV1:" + text + (ALPHABET[data[-1] % 45] + ALPHABET[data[-1] // 45] if len(data) % 2 else "")


PROTECTED = b"\xa1\x01\x27"
PAYLOAD: dict[int | None, object] = {
    1: CLAIMS.issuer,
    2: CLAIMS.subject,
    6: CLAIMS.issued_s,
    7: bytes.fromhex("0051f4d5c09e"),
}


def signature(payload: bytes, protected: bytes = PROTECTED) -> bytes:
    structure = cbor2.dumps(["Signature1", protected, b"", payload])
    return Ed25519PrivateKey.from_private_bytes(SEED).sign(structure)


def signed(payload: bytes) -> str:
    """A voucher whose signature and envelope are right, whatever it says."""
    return packed(cbor2.dumps(cbor2.CBORTag(18, [PROTECTED, {4: SIGNER.kid}, payload, signature(payload)])))


def saying(**changes: object) -> str:
    keys = {"iss": 1, "sub": 2, "iat": 6, "cti": 7, "exp": 4, "null": None}
    return signed(cbor2.dumps({**PAYLOAD, **{keys[name]: value for name, value in changes.items()}}, canonical=True))


def enveloped(protected: object, unprotected: object, payload: object, proof: object, tag: int = 18) -> str:
    return packed(cbor2.dumps(cbor2.CBORTag(tag, [protected, unprotected, payload, proof])))


def test_the_golden_voucher():
    assert SIGNER.public_key == PUBLIC_KEY
    assert SIGNER.sign(CLAIMS) == SIGNER.sign(CLAIMS) == GOLDEN
    assert verify(GOLDEN, [PUBLIC_KEY]) == read(GOLDEN) == CLAIMS


def test_the_golden_voucher_byte_by_byte():
    data = unpacked(GOLDEN[4:])
    assert data[:19].hex(" ") == "d2 84 43 a1 01 27 a1 04 44 21 fe 31 df 58 31 a4 01 74 32"
    payload, proof = data[15:64], data[66:]
    assert payload[3:23] == b"2022-05-r1/wy-0352/a"
    assert payload[23:].hex(" ") == "02 6a e6 b5 8b 2a 2a 20 30 30 31 30 06 1a 62 86 c7 40 07 46 00 51 f4 d5 c0 9e"
    assert data[64:66] == b"\x58\x40"
    key = Ed25519PublicKey.from_public_bytes(PUBLIC_KEY)
    key.verify(proof, b"\x84\x6aSignature1\x43\xa1\x01\x27\x40\x58\x31" + payload)


def test_what_is_said_of_a_sample():
    assert claims_of(SAMPLE, "2022-05-r1/wy-0352/a") == CLAIMS
    unset = replace(SAMPLE, at=replace(SAMPLE.at, trusted=False))
    assert claims_of(unset, "r/p/a") == Claims("r/p/a", "测** 0010", None, "V0352000000158")


@pytest.mark.parametrize(
    ("name", "number", "subject"),
    [
        ("", "**************0010", "0010"),
        ("T**** P***** O**", "***********0116", "T**** P** 0116"),
        ("", "", ""),
        ("测\x1b\u202e*", "***12", "测??* **12"),
    ],
)
def test_of_a_person_only_a_mask_is_said(name, number, subject):
    assert claims_of(replace(SAMPLE, person=Person(b"key", name, number)), "r/p/a").subject == subject


def test_a_voucher_without_a_trusted_time_says_none():
    text = SIGNER.sign(replace(CLAIMS, issued_s=None))
    assert cbor2.loads(cbor2.loads(unpacked(text[4:])).value[2]).keys() == {1, 2, 7}
    assert verify(text, [PUBLIC_KEY]).issued_s is None


@pytest.mark.parametrize(
    ("issuer", "subject", "length"),
    [
        (20, "测** 0010", 199),
        (23, "测测测****** 0010", 219),
        (31, "测测测****** 0010", 232),
        (122, "测测测测测测测测测 0010", 388),
    ],
)
def test_size(issuer, subject, length):
    """At level M a QR of version 8 (49 modules) takes 221 characters, version 9 (53) 262; 58 mm paper has room for
    76 modules of 5 dots, which is version 14 and 528 characters."""
    assert len(SIGNER.sign(Claims("i" * issuer, subject, 4_000_000_000, "V9999999999964"))) == length


def test_another_key_is_told_from_a_wrong_signature():
    assert verify(GOLDEN, [OTHER.public_key, PUBLIC_KEY]) == CLAIMS
    for keys in ([], [OTHER.public_key]):
        with pytest.raises(UnknownKey):
            verify(GOLDEN, keys)
    with pytest.raises(WrongSignature):
        verify(enveloped(PROTECTED, {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(64)), [PUBLIC_KEY])


def test_flipping_any_bit_is_noticed():
    data, refused = unpacked(GOLDEN[4:]), set()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(VoucherError) as caught:
            verify(packed(bytes(flipped)), [PUBLIC_KEY])
        refused.add(caught.type)
    assert refused == {NotAVoucher, UnknownKey, WrongSignature}


def test_the_tests_own_writer_writes_as_the_kiosk_does():
    assert saying() == GOLDEN


FORMS = {
    "nothing": "",
    "the number alone": "V0352000000158",
    "prefix alone": "KV1:",
    "another prefix": "KV2:" + GOLDEN[4:],
    "lower case": GOLDEN.lower(),
    "a blank behind": GOLDEN + " ",
    "half": GOLDEN[:100],
    "a group above FFFF": GOLDEN[:4] + ":::" + GOLDEN[7:],
    "too long": GOLDEN + "0" * 600,
    "not ASCII": GOLDEN[:-1] + "Ｑ",
    "a byte behind": packed(unpacked(GOLDEN[4:]) + b"\x00"),
    "no CBOR": packed(b"\xff" * 130),
    "deep": packed(b"\x81" * 330),
    "no tag": packed(unpacked(GOLDEN[4:])[1:]),
    "tag of a CWT": packed(b"\xd8\x3d" + unpacked(GOLDEN[4:])),
    "a tag in two bytes": packed(b"\xd8\x12" + unpacked(GOLDEN[4:])[1:]),
    "an array without end": packed(b"\xd2\x9f" + unpacked(GOLDEN[4:])[2:] + b"\xff"),
    "COSE_Mac0": enveloped(PROTECTED, {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(64), tag=17),
    "ES256": enveloped(b"\xa1\x01\x26", {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(64)),
    "no algorithm": enveloped(b"", {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(64)),
    "one more protected": enveloped(b"\xa2\x01\x27\x03\x00", {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(64)),
    "detached": enveloped(PROTECTED, {4: SIGNER.kid}, None, signature(cbor2.dumps(PAYLOAD))),
    "no kid": enveloped(PROTECTED, {}, cbor2.dumps(PAYLOAD), signature(cbor2.dumps(PAYLOAD))),
    "short kid": enveloped(PROTECTED, {4: SIGNER.kid[:3]}, cbor2.dumps(PAYLOAD), signature(cbor2.dumps(PAYLOAD))),
    "one more unprotected": enveloped(PROTECTED, {4: SIGNER.kid, 5: b""}, cbor2.dumps(PAYLOAD), bytes(64)),
    "short signature": enveloped(PROTECTED, {4: SIGNER.kid}, cbor2.dumps(PAYLOAD), bytes(63)),
    "payload is no map": signed(cbor2.dumps([1, 2, 6, 7])),
    "payload is empty": signed(b""),
    "a byte behind the claims": signed(cbor2.dumps(PAYLOAD) + b"\x00"),
    "claims in another order": signed(cbor2.dumps(dict(reversed(PAYLOAD.items())))),
    "a claim twice": signed(b"\xa5" + cbor2.dumps(PAYLOAD)[1:] + cbor2.dumps(7) + cbor2.dumps(PAYLOAD[7])),
    "claims without end": signed(b"\xbf" + cbor2.dumps(PAYLOAD)[1:] + b"\xff"),
    "a claim that is true": signed(b"\xa4\xf5" + cbor2.dumps(PAYLOAD)[2:]),
    "a long way to write 1": signed(b"\xa4\x18\x01" + cbor2.dumps(PAYLOAD)[2:]),
    "one more claim": saying(exp=4_000_000_000),
    "issuer in bytes": saying(iss=b"r/p/a"),
    "no subject": signed(cbor2.dumps({1: "r/p/a", 7: PAYLOAD[7]})),
    "subject moves the cursor": saying(sub="\x1b[2J"),
    "subject turns the text": saying(sub="\u202e0100"),
    "subject in two lines": saying(sub="测\n"),
    "time as a fraction": saying(iat=1_653_000_000.5),
    "time that is true": saying(iat=True),
    "time that is null": saying(iat=None),
    "time before 1970": saying(iat=-1),
    "time after all calendars": saying(iat=2**62),
    "number in 7 bytes": saying(cti=bytes.fromhex("000051f4d5c09e")),
    "number in 5 bytes": saying(cti=bytes.fromhex("51f4d5c09e")),
    "number as an integer": saying(cti=0x51F4D5C09E),
    "wrong check digits": saying(cti=bytes.fromhex("0051f4d5c09f")),
    "number of 14 digits": saying(cti=b"\xff" * 6),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_another_form_is_no_voucher_even_if_it_is_signed(text):
    for reader in (read, lambda each: verify(each, [PUBLIC_KEY])):
        with pytest.raises(NotAVoucher):
            reader(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.binary(max_size=20)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.integers(0, 9), inner, max_size=5)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
    ),
    max_leaves=12,
)
TEXTS = st.one_of(
    st.text(max_size=600),
    st.text(ALPHABET, max_size=600).map("KV1:".__add__),
    st.binary(min_size=1, max_size=340).map(packed),
    st.binary(max_size=200).map(lambda tail: packed(b"\xd2\x84" + tail)),
    st.builds(enveloped, st.just(PROTECTED) | VALUES, st.just({4: SIGNER.kid}) | VALUES, VALUES, VALUES),
    st.binary(max_size=80).map(signed),
    st.dictionaries(st.integers(0, 9), VALUES, max_size=5).map(lambda claims: signed(cbor2.dumps(claims))),
)


@given(TEXTS)
def test_any_text_is_read_or_refused_and_says_nothing_of_itself(text):
    try:
        claims = verify(text, [PUBLIC_KEY])
    except VoucherError as error:
        said = str(error)
    else:
        assert SIGNER.sign(claims) == text
        return
    assert said in ERRORS


ERRORS = {
    "not signed by a kiosk",
    "not base45",
    "not CBOR",
    "not a COSE_Sign1",
    "not a COSE_Sign1 as a kiosk writes it",
    "not the claims of a voucher",
    "not the claims of a voucher as a kiosk writes them",
    "not a time that a kiosk writes",
    "signed by a key that is not known here",
    "the signature does not belong to what it says",
}


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.integers(0, 1000 * 2**32 - 1),
    st.booleans(),
    st.integers(1, 9_999_999),
)
def test_every_sample_of_a_kiosk_gives_a_voucher_that_is_read_again(name, number, wall_ms, trusted, serial):
    body = f"0352{serial:07d}"
    voucher = f"V{body}{98 - int(body) * 100 % 97:02d}"
    sample = replace(SAMPLE, person=Person(b"", name, number), voucher=voucher, at=Instant("", 0, wall_ms, trusted))
    claims = claims_of(sample, "2022-05-r1/wy-0352/a")
    assert verify(SIGNER.sign(claims), [PUBLIC_KEY]) == claims
    assert claims.number == voucher


def test_a_code_that_folds_a_key_into_itself_is_refused_at_once():
    """To compare it, a reader that follows shared values has 2 to the power of 35 to do."""
    key = b"\x00"
    for level in range(35, 0, -1):
        key = b"\xd8\x1c\x82" + key + b"\xd8\x1d\x18" + bytes([level])
    text = "KV1:" + base45.encode(b"\xa1" + key + b"\x00")
    assert len(text) < LONGEST
    with pytest.raises(NotAVoucher):
        read(text)


def test_the_seed_is_never_shown():
    assert repr(SIGNER) == "Signer(kid=21fe31df)"
