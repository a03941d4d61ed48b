"""EU Digital COVID Certificates of people who do not exist, signed by keys of the tests."""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import Forms, Identity, Pattern, Rejected, person, understand
from kiosk.credentials.dcc import certificate_identity
from kiosk.credentials.keys import NotKeys, Trust
from kiosk.credentials.trust_lists import read_trust_list
from kiosk.encodings import base45
from kiosk.model import Refusal
from kiosk.ports import TextScan

ISSUED, NOW, ENDS = 1_650_000_000, 1_653_000_000, 1_681_536_000
ENTRY = {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2}
ENTRY |= {"dt": "2022-02-01", "co": "UT", "is": "Utopia", "ci": "URN:UVCI:01:UT:SECRET#1"}
TEST = {"tg": "840539006", "tt": "LP6464-4", "sc": "2022-05-01T10:00:00Z", "tr": "260415000", "co": "UT"}
TEST |= {"is": "Utopia", "ci": "URN:UVCI:01:UT:SECRET#2"}
NAMES = {"fn": "Müster-Änn", "gn": "Tést", "fnt": "MUESTER<AENN", "gnt": "TEST<ONE"}
CERTIFICATE = {"ver": "1.3.0", "nam": NAMES, "dob": "1998-02-26", "v": [ENTRY]}
HOLDER = Identity("dcc:MUESTER<AENN:TEST<ONE:1998-02-26", "MUESTER AENN TEST ONE", "1998-**-**")
USES = {"t": "1.3.6.1.4.1.1847.2021.1.1", "v": "1.3.6.1.4.1.1847.2021.1.2", "r": "1.3.6.1.4.1.0.1847.2021.1.3"}


@cache
def elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rivest() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate(key, *uses: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a signer of the tests")])
    day = datetime(2022, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=700))
    if uses:
        named = [x509.ObjectIdentifier(use) for use in uses]
        builder = builder.add_extension(x509.ExtendedKeyUsage(named), critical=False)
    return builder.sign(key, SHA256())


@cache
def trust(*uses: str) -> Trust:
    pems = [certificate(key, *uses).public_bytes(Encoding.PEM) for key in (elliptic(), rivest())]
    return read_trust_list(b"comments may stand between\n".join(pems))


def kid(key, *uses: str) -> bytes:
    return hashlib.sha256(certificate(key, *uses).public_bytes(Encoding.DER)).digest()[:8]


def signature(key, protected: bytes, payload: bytes) -> bytes:
    data = cbor2.dumps(["Signature1", protected, b"", payload])
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def claims(content=CERTIFICATE, **changes):
    return {1: "UT", 4: ENDS, 6: ISSUED, -260: {1: content}} | changes


def message(said, key=None, protected_kid=None, loose=None, uses=()) -> cbor2.CBORTag:
    """A COSE_Sign1; with the right key id in the protected header unless told otherwise."""
    key = key or elliptic()
    header: dict[int, Any] = {1: -37 if isinstance(key, rsa.RSAPrivateKey) else -7}
    if loose is None or protected_kid is not None:
        header[4] = protected_kid or kid(key, *uses)
    protected = cbor2.dumps(header)
    payload = said if isinstance(said, bytes) else cbor2.dumps(said)
    return cbor2.CBORTag(18, [protected, loose or {}, payload, signature(key, protected, payload)])


def text(parts) -> str:
    data = parts if isinstance(parts, bytes) else cbor2.dumps(parts)
    return "HC1:" + base45.encode(zlib.compress(data))


def judged(code: str, now_s: float | None = NOW, keys: Trust | None = None):
    return certificate_identity(code, trust() if keys is None else keys, now_s)


def test_valid_by_elliptic_curve_and_by_rsa():
    assert judged(text(message(claims()))) == HOLDER
    assert judged(text(message(claims(), rivest()))) == HOLDER


def test_the_key_id_may_stand_in_either_header_and_the_protected_one_counts():
    right, wrong = kid(elliptic()), b"8 others"
    assert judged(text(message(claims(), loose={4: right}))) == HOLDER
    assert judged(text(message(claims(), protected_kid=right, loose={4: wrong}))) == HOLDER
    cannot = Rejected(Refusal.CANNOT_BE_CHECKED)
    assert judged(text(message(claims(), protected_kid=wrong, loose={4: right}))) == cannot
    assert judged(text(message(claims(), loose={4: wrong}))) == cannot


def test_the_tags_may_stand_around_it_or_not():
    bare = message(claims()).value
    for found in (bare, message(claims()), cbor2.CBORTag(61, bare), cbor2.CBORTag(61, message(claims()))):
        assert judged(text(found)) == HOLDER
        assert judged(text(cbor2.CBORTag(55799, found))) == HOLDER
    for wrong in (cbor2.CBORTag(18, cbor2.CBORTag(61, bare)), cbor2.CBORTag(98, bare)):
        assert judged(text(wrong)) == Rejected(Refusal.TORN)


def test_without_a_trust_list_nothing_can_be_checked():
    assert certificate_identity(text(message(claims())), None, NOW) == Rejected(Refusal.CANNOT_BE_CHECKED)


@pytest.mark.parametrize(
    ("now_s", "meaning"),
    [
        (ISSUED - 1, Rejected(Refusal.EXPIRED)),
        (ISSUED, HOLDER),
        (ENDS - 1, HOLDER),
        (ENDS, Rejected(Refusal.EXPIRED)),
        (None, HOLDER),
    ],
)
def test_it_is_valid_from_its_issue_to_its_end_by_a_trusted_clock(now_s, meaning):
    assert judged(text(message(claims())), now_s) == meaning


def test_a_header_that_must_be_understood_and_is_not():
    whole = message(claims()).value
    protected = cbor2.dumps({1: -7, 2: [99], 4: kid(elliptic()), 99: 1})
    value = [protected, {}, whole[2], signature(elliptic(), protected, whole[2])]
    assert judged(text(cbor2.CBORTag(18, value))) == Rejected(Refusal.CANNOT_BE_CHECKED)


def test_a_wrong_signature():
    whole = message(claims()).value
    forged = [whole[0], whole[1], cbor2.dumps(claims(CERTIFICATE | {"dob": "1999-02-26"})), whole[3]]
    for value in (forged, [*whole[:3], bytes(64)], [*whole[:3], b""], [*whole[:3], bytes(256)]):
        assert judged(text(cbor2.CBORTag(18, value))) == Rejected(Refusal.WRONG_SIGNATURE)


def test_an_algorithm_that_is_not_the_keys_own_signs_nothing():
    whole = message(claims()).value
    refused = {-8: Refusal.WRONG_SIGNATURE, -37: Refusal.WRONG_SIGNATURE}
    unknown = {-35: Refusal.CANNOT_BE_CHECKED, 0: Refusal.CANNOT_BE_CHECKED}
    for algorithm, reason in (refused | unknown).items():
        protected = cbor2.dumps({1: algorithm, 4: kid(elliptic())})
        value = [protected, {}, whole[2], signature(elliptic(), protected, whole[2])]
        assert judged(text(cbor2.CBORTag(18, value))) == Rejected(reason)


@pytest.mark.parametrize(
    ("uses", "content", "meaning"),
    [
        ("v", {"v": [ENTRY]}, HOLDER),
        ("t", {"t": [TEST]}, HOLDER),
        ("tvr", {"t": [TEST]}, HOLDER),
        ("r", {"v": [ENTRY]}, Rejected(Refusal.WRONG_SIGNATURE)),
        ("v", {"t": [TEST]}, Rejected(Refusal.WRONG_SIGNATURE)),
    ],
)
def test_a_signer_signs_only_what_its_certificate_is_for(uses, content, meaning):
    purposes = tuple(USES[use] for use in uses)
    said = claims({"ver": "1.3.0", "nam": NAMES, "dob": "1998-02-26"} | content)
    assert judged(text(message(said, uses=purposes)), keys=trust(*purposes)) == meaning


def test_another_purpose_of_a_certificate_says_nothing():
    other = ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string
    assert judged(text(message(claims(), uses=(other,))), keys=trust(other)) == HOLDER


WHOLE = cbor2.dumps(message(claims()))
TORN = {
    "no base45": "HC1:" + "é" * 30,
    "one character too few": text(WHOLE)[:-1],
    "one character too many": text(WHOLE) + "0",
    "not compressed": "HC1:" + base45.encode(WHOLE),
    "wrong checksum": "HC1:" + base45.encode(zlib.compress(WHOLE)[:-1] + b"\0"),
    "compression cut off": "HC1:" + base45.encode(zlib.compress(WHOLE)[:-20]),
    "more behind it": "HC1:" + base45.encode(zlib.compress(WHOLE) + b"\0\0"),
    "no CBOR": text(b"\xff\xff"),
    "CBOR cut off": text(WHOLE[:-10]),
    "another tag": text(cbor2.CBORTag(17, message(claims()).value)),
    "three parts": text(cbor2.CBORTag(18, message(claims()).value[:3])),
    "no algorithm": text(cbor2.CBORTag(18, [b"", {4: b"12345678"}, b"\xa0", bytes(64)])),
    "header no map": text(cbor2.CBORTag(18, [b"\x01", {}, b"\xa0", bytes(64)])),
    "key id no bytes": text(cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: "kid"}), {}, b"\xa0", bytes(64)])),
    "nothing": "HC1:",
    "a bomb": text(b"\0" * 1_000_000),
    "deep": text(b"\x81" * 60_000),
}


@pytest.mark.parametrize("code", TORN.values(), ids=TORN)
def test_torn_at_each_layer(code):
    assert judged(code) == Rejected(Refusal.TORN)


CONTENTS = {
    "no claims": b"\x01",
    "no certificate": {1: "UT", 4: ENDS, 6: ISSUED},
    "another claim": {4: ENDS, -260: {2: CERTIFICATE}},
    "no end": {6: ISSUED, -260: {1: CERTIFICATE}},
    "an end that is no number": claims() | {4: "2030"},
    "an end that is not a number": claims() | {4: float("nan")},
    "no name": claims({key: value for key, value in CERTIFICATE.items() if key != "nam"}),
    "an empty name": claims(CERTIFICATE | {"nam": {"fnt": ""}}),
    "a name of fillers": claims(CERTIFICATE | {"nam": {"fnt": "<<<"}}),
    "a name in small letters": claims(CERTIFICATE | {"nam": {"fnt": "muster"}}),
    "a given name that is a number": claims(CERTIFICATE | {"nam": NAMES | {"gnt": 7}}),
    "a birth that is no date": claims(CERTIFICATE | {"dob": "26.02.1998"}),
    "an hour of birth without its day": claims(CERTIFICATE | {"dob": "1998-02T00:00:00"}),
    "an hour of birth that is none": claims(CERTIFICATE | {"dob": "1998-02-26T"}),
    "neither name": claims(CERTIFICATE | {"nam": {"fnt": "<", "gnt": ""}}),
    "a surname that is a number": claims(CERTIFICATE | {"nam": NAMES | {"fnt": 7}}),
    "a version that is none": claims(CERTIFICATE | {"ver": "1"}),
    "a version of five thousand digits": claims(CERTIFICATE | {"ver": f"{'1' * 5000}.0.0"}),
    "two kinds of an early version": claims(CERTIFICATE | {"ver": "1.2.1", "t": [TEST]}),
    "entries that are no list": claims(CERTIFICATE | {"v": ENTRY}),
    "one of two early entries without its number": claims(CERTIFICATE | {"ver": "1.2.1", "v": [ENTRY, {"tg": "x"}]}),
    "no entry": claims({"ver": "1.3.0", "nam": NAMES, "dob": "1998-02-26", "v": []}),
    "two entries": claims(CERTIFICATE | {"v": [ENTRY, ENTRY]}),
    "two kinds": claims(CERTIFICATE | {"t": [TEST]}),
    "an entry without its number": claims(CERTIFICATE | {"v": [{key: ENTRY[key] for key in ENTRY if key != "ci"}]}),
}


@pytest.mark.parametrize("said", CONTENTS.values(), ids=CONTENTS)
def test_what_is_signed_and_is_no_certificate(said):
    assert judged(text(message(said))) == Rejected(Refusal.TORN)


@pytest.mark.parametrize(
    ("changes", "canonical"),
    [
        ({"v": [ENTRY], "t": None, "r": None}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"nam": {"fnt": "MUESTER<<AENN<", "gnt": "TEST<ONE<<<"}}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"nam": {"fnt": "MUESTER"}}, "dcc:MUESTER::1998-02-26"),
        ({"dob": "1998-02"}, "dcc:MUESTER<AENN:TEST<ONE:1998-02"),
        ({"dob": ""}, "dcc:MUESTER<AENN:TEST<ONE:"),
        ({"dob": "1998-02-26T00:00:00"}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"dob": "1998-02-26T23:59:59.999+03:00"}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"dob": "1998-02-26 12:00Z"}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"dob": "1998-02-00"}, "dcc:MUESTER<AENN:TEST<ONE:1998-02"),
        ({"dob": "1998-00-00"}, "dcc:MUESTER<AENN:TEST<ONE:1998"),
        ({"nam": {"gnt": "TEST<ONE"}}, "dcc::TEST<ONE:1998-02-26"),
        ({"nam": {"fnt": None, "gnt": "TEST"}}, "dcc::TEST:1998-02-26"),
        ({"ver": "1.2.1", "v": [ENTRY, ENTRY]}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
        ({"ver": "1.0.0", "t": None, "r": []}, "dcc:MUESTER<AENN:TEST<ONE:1998-02-26"),
    ],
)
def test_who_holds_it(changes, canonical):
    found = judged(text(message(claims(CERTIFICATE | changes))))
    assert isinstance(found, Identity)
    assert found.canonical == canonical


def test_a_vaccination_and_a_test_are_of_one_person_and_their_own_numbers_are_not_kept():
    tested = {key: value for key, value in CERTIFICATE.items() if key != "v"} | {"t": [TEST]}
    found = [judged(text(message(claims(content)))) for content in (CERTIFICATE, tested)]
    assert found == [HOLDER, HOLDER]
    kept = person(HOLDER, b"key")
    assert (kept.name, kept.number) == ("M****** A*** T*** O**", "1998-**-**")
    assert "SECRET" not in HOLDER.canonical


def test_a_bare_public_key_may_sign_under_any_key_id():
    pem = elliptic().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    keys = read_trust_list(pem)
    assert judged(text(message(claims(), loose={4: b"any"})), keys=keys) == HOLDER
    assert judged(text(message(claims(), rivest())), keys=keys) == Rejected(Refusal.WRONG_SIGNATURE)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "part 1 is neither"),
        (b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "part 1 is not PEM"),
        (ec.generate_private_key(ec.SECP384R1()).public_key(), "part 1 is neither"),
        ([ec.generate_private_key(ec.SECP256R1()).public_key() for _ in range(33)], "more than 32 bare public keys"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(data, words):
    if not isinstance(data, bytes):
        keys = data if isinstance(data, list) else [data]
        data = b"".join(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in keys)
    with pytest.raises(NotKeys, match=words):
        read_trust_list(data)


def test_a_list_in_der():
    assert len(read_trust_list(certificate(elliptic()).public_bytes(Encoding.DER))) == 1


def test_as_a_scan():
    forms = Forms((), Pattern("TB[0-9]{10}"), "0352", {}, trust())
    data = text(message(claims())).encode()
    assert understand(TextScan(data + b"\r\n"), forms, None, NOW) == HOLDER
    assert understand(TextScan(data.lower()), forms, None, NOW) == HOLDER
    assert understand(TextScan(data.replace(b"HC1", b"HC2")), forms, None, NOW) == Rejected(Refusal.UNKNOWN_CODE)


@given(st.integers(4, 700), st.characters(codec="ascii"))
def test_one_wrong_character_is_always_noticed(at, other):
    code = text(WHOLE)
    at %= len(code)
    wrong = code[:at] + other + code[at + 1 :]
    if wrong != code and at >= 4:
        assert isinstance(judged(wrong), Rejected)


@given(st.binary(max_size=300), st.sampled_from(["text", "zip", "payload"]))
def test_any_bytes_at_any_layer_are_refused_and_never_raise(data, layer):
    match layer:
        case "text":
            code = "HC1:" + data.decode("latin-1")
        case "zip":
            code = text(data)
        case _:
            code = text(message(data))
    assert isinstance(judged(code), Rejected)
