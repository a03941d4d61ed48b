"""SMART Health Cards of people who do not exist, signed by a key of the tests."""

import base64
import json
import zlib
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import LONGEST_CODE, Forms, Identity, Pattern, Rejected, understand
from kiosk.credentials.key_sets import read_key_set
from kiosk.credentials.keys import NotKeys, Trust
from kiosk.credentials.shc import card_identity
from kiosk.model import Refusal
from kiosk.ports import TextScan

ISSUED, NOW = 1_650_000_000, 1_653_000_000
PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "Müster", "given": ["Tést", "One"]}],
    "birthDate": "1998-02-26",
}
SHOT = {"resourceType": "Immunization", "status": "completed"}
HOLDER = Identity("shc:müster:tést<one:1998-02-26", "Müster Tést One", "1998-**-**")
TORN = Rejected(Refusal.TORN)


@cache
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwk(**changes: object) -> dict[str, object]:
    point = key().public_key().public_numbers()
    x, y = (url64(value.to_bytes(32, "big")) for value in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "kid": "ours", "x": x, "y": y} | changes


@cache
def trust() -> Trust:
    return read_key_set(json.dumps({"keys": [{"kty": "RSA", "kid": "other"}, jwk()]}).encode())


def claims(*resources: object, **changes: object) -> dict[str, object]:
    entries = [{"resource": each} for each in resources or (PATIENT, SHOT)]
    subject = {"fhirVersion": "4.0.1", "fhirBundle": {"entry": entries}}
    return {"iss": "https://issuer.example", "nbf": ISSUED, "vc": {"credentialSubject": subject}} | changes


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def jws(said: object, **changes: object) -> str:
    header = {"alg": "ES256", "zip": "DEF", "kid": "ours"} | changes
    payload = said if isinstance(said, bytes) else deflated(json.dumps(said).encode())
    signed = f"{url64(json.dumps(header).encode())}.{url64(payload)}"
    r, s = decode_dss_signature(key().sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{url64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def code(text: str) -> str:
    return "shc:/" + "".join(f"{ord(character) - 45:02d}" for character in text)


def judged(text: str, now_s: float | None = NOW):
    return card_identity(text, trust(), now_s)


def test_the_digits_of_a_header():
    assert code("eyJ6aXAiOiJERUYi") == "shc:/56762909524320603460292437404460"


def test_a_valid_card():
    assert judged(code(jws(claims()))) == HOLDER


@pytest.mark.parametrize(
    ("changes", "now_s", "meaning"),
    [
        ({}, ISSUED - 1, Rejected(Refusal.EXPIRED)),
        ({}, ISSUED, HOLDER),
        ({"exp": NOW}, NOW, Rejected(Refusal.EXPIRED)),
        ({"exp": NOW + 0.5}, NOW, HOLDER),
        ({"exp": NOW}, None, HOLDER),
        ({"nbf": "soon"}, NOW, TORN),
    ],
)
def test_its_time(changes, now_s, meaning):
    assert judged(code(jws(claims(**changes))), now_s) == meaning


def test_of_several_parts_one_is_refused_and_says_so():
    digits = code(jws(claims())).removeprefix("shc:/")
    assert judged(f"shc:/1/3/{digits[:200]}") == Rejected(Refusal.ONE_OF_PARTS)
    assert judged(f"shc:/1/1/{digits}") == HOLDER


def test_without_a_key_set_or_with_another_key_it_cannot_be_checked():
    assert card_identity(code(jws(claims())), None, NOW) == Rejected(Refusal.CANNOT_BE_CHECKED)
    assert judged(code(jws(claims(), kid="other"))) == Rejected(Refusal.CANNOT_BE_CHECKED)


def test_a_wrong_signature():
    head, _, signature = jws(claims()).split(".")
    other = jws(claims(PATIENT | {"birthDate": "1999-02-26"})).split(".")[1]
    assert judged(code(f"{head}.{other}.{signature}")) == Rejected(Refusal.WRONG_SIGNATURE)
    assert judged(code(f"{head}.{other}.AAAA")) == Rejected(Refusal.WRONG_SIGNATURE)


WHOLE = jws(claims())
BROKEN = {
    "an odd digit": code(WHOLE) + "1",
    "a letter": code(WHOLE) + "1a",
    "two parts": code(WHOLE.rpartition(".")[0]),
    "a character that base64url has not": code(WHOLE.replace(".", ".:", 1)),
    "nothing": "shc:/",
    "no JSON header": code("AAAA." + WHOLE.partition(".")[2]),
    "another algorithm": code(jws(claims(), alg="none")),
    "a header that must be understood": code(jws(claims(), crit=["b64"])),
    "not compressed": code(jws(claims(), zip="")),
    "compression cut off": code(jws(deflated(json.dumps(claims()).encode())[:-9])),
    "a bomb": code(jws(deflated(b" " * 1_000_000))),
    "not deflate": code(jws(b"\xff\xff\xff")),
    "deep": code(jws(deflated(b"[" * 50_000))),
    "no object": code(jws([1])),
    "no patient": code(jws(claims(SHOT))),
    "two patients": code(jws(claims(PATIENT, PATIENT))),
    "no birth": code(jws(claims({"resourceType": "Patient", "name": [{"family": "Test"}]}))),
    "no name": code(jws(claims(PATIENT | {"name": [{"use": "official"}]}))),
    "a blank name": code(jws(claims(PATIENT | {"name": [{"family": " "}]}))),
    "half a character": code(jws(claims(PATIENT | {"name": [{"family": "\ud800"}]}))),
    "given names that are none": code(jws(claims(PATIENT | {"name": [{"family": "Test", "given": [1]}]}))),
    "no bundle": code(jws({"nbf": ISSUED, "vc": {}})),
}


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ({"given": ["Test"]}, Identity("shc::test:1998-02-26", "Test", "1998-**-**")),
        ({"family": "Test"}, Identity("shc:test::1998-02-26", "Test", "1998-**-**")),
        ({"text": "Test One"}, Identity("shc::test<one:1998-02-26", "Test One", "1998-**-**")),
    ],
)
def test_people_with_one_name(name, holder):
    assert judged(code(jws(claims(PATIENT | {"name": [name]})))) == holder


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_torn_at_each_layer(text):
    assert judged(text) == TORN


@pytest.mark.parametrize(
    ("family", "given"),
    [("MÜSTER", ["TÉST", "ONE"]), ("Mu\u0308ster", ["Te\u0301st One"]), ("  Müster ", ["Tést", " One "])],
)
def test_ways_to_write_a_name_are_one_person(family, given):
    found = judged(code(jws(claims(PATIENT | {"name": [{"family": family, "given": given}]}))))
    assert isinstance(found, Identity)
    assert found.canonical == HOLDER.canonical


def test_the_longest_card_of_one_code_is_read():
    filler = claims(PATIENT, SHOT, note="")
    text = jws(deflated(json.dumps(filler).encode()))
    while len(text) < 1190:
        filler["note"] = f"{filler['note']}{len(text)}-{text[-7:]}"
        text = jws(filler)
    digits = code(text)
    assert 2380 < len(digits) <= LONGEST_CODE
    forms = Forms((), Pattern("TB[0-9]{10}"), "0352", {}, shc=trust())
    assert understand(TextScan(digits.encode()), forms, None, NOW) == HOLDER
    assert understand(TextScan(digits.encode() + b"0" * 200), forms, None, NOW) == Rejected(Refusal.TOO_LONG)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": 1}',
        b"[" * 100_000,
        json.dumps({"keys": []}).encode(),
        json.dumps({"keys": [jwk(x="AAAA")]}).encode(),
        json.dumps({"keys": [jwk(kid=7)]}).encode(),
        json.dumps({"keys": [{"kty": "EC", "crv": "P-256"}]}).encode(),
    ],
)
def test_a_key_set_that_cannot_be_used_says_so(data):
    with pytest.raises(NotKeys):
        read_key_set(data)


@given(st.integers(0, 1500), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(at, other):
    """But for the last character, of which four bits say nothing."""
    right = code(WHOLE)
    at = 5 + at % (len(right) - 7)
    wrong = right[:at] + other + right[at + 1 :]
    if wrong != right:
        assert isinstance(judged(wrong), Rejected)


@given(st.binary(max_size=300), st.sampled_from(["text", "jws", "payload"]))
def test_any_bytes_at_any_layer_are_refused_and_never_raise(data, layer):
    match layer:
        case "text":
            text = "shc:/" + data.decode("latin-1")
        case "jws":
            text = code(data.decode("latin-1"))
        case _:
            text = code(jws(deflated(data)))
    assert isinstance(judged(text), Rejected)
