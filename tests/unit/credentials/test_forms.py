"""Health and registration codes by the forms that a point has declared."""

import base64
import re
from functools import cache
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import (
    CwtForm,
    Forms,
    Identity,
    JsonForm,
    Pattern,
    PatternForm,
    Rejected,
    TubeCode,
    UrlForm,
    VoucherCode,
    person,
    understand,
)
from kiosk.credentials.keys import Trust
from kiosk.credentials.trust_lists import read_trust_list
from kiosk.encodings import base45
from kiosk.model import Refusal
from kiosk.ports import TextScan

NOW = 1_653_000_000
UNKNOWN = Rejected(Refusal.UNKNOWN_CODE)
RESIDENT = Identity("id:110199199001010010", "")


@cache
def edwards() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@cache
def elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def forms() -> Forms:
    pems = [
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        for key in (edwards(), elliptic())
    ]
    trust = read_trust_list(b"".join(pems))
    codes = (
        UrlForm("town", "code.example.org", "token"),
        UrlForm("city", "city.example.org", "id"),
        JsonForm("clinic", ("data", "id")),
        CwtForm("pass", "PS1:", "base45", 2, trust),
        CwtForm("web", "PS2:", "base64url", "who", trust),
        PatternForm("visitor", Pattern("[0-9]{8}")),
        PatternForm("health", Pattern("[A-Za-z0-9_-]{32,256}")),
    )
    return Forms(codes, Pattern("TB[0-9]{10}"), "0352", {})


def read(text: str):
    return understand(TextScan(text.encode()), forms(), None, NOW)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("https://code.example.org/q?token=AB%2F12", Identity("town:AB/12", "")),
        ("HTTPS://Code.Example.org:443/a/b?x=1&token=AB12#top", Identity("town:AB12", "")),
        ("http://city.example.org/?id=AB12", Identity("city:AB12", "")),
        ("https://code.example.org/?token=110199199001010010", RESIDENT),
        ("https://code.example.org/?token=110199199001010011", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        ("https://code.example.org/?token=ABC123456789012", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        ("https://code.example.org/?token=110199900101001", Identity("town:110199900101001", "")),
        ("https://code.example.org/?token=1%00", Rejected(Refusal.CONTROL_BYTES)),
        ("https://code.example.org/?token=", UNKNOWN),
        ("https://code.example.org/?token=" + "A" * 257, UNKNOWN),
        ("https://code.example.org/?token=A&token=B", UNKNOWN),
        ("https://code.example.org/?id=AB12", UNKNOWN),
        ("https://code.example.org/?token=%FF", UNKNOWN),
        ("https://code.example.org.evil.example/?token=AB12", UNKNOWN),
        ("https://code.example.org@evil.example/?token=AB12", UNKNOWN),
        ("https://user@code.example.org/?token=AB12", UNKNOWN),
        ("https://code.example.org:8443/?token=AB12", UNKNOWN),
        ("https://code.example.org:port/?token=AB12", UNKNOWN),
        ("https://[code.example.org/?token=AB12", UNKNOWN),
        ("ftp://code.example.org/?token=AB12", UNKNOWN),
        ('{"data": {"id": "AB12"}}', Identity("clinic:AB12", "")),
        ('{"v": 1, "data": {"id": 4711, "name": "x"}}', Identity("clinic:4711", "")),
        ('{"data": {"id": "１１０１９９１９９００１０１００１０"}}', RESIDENT),
        ('{"data": {"id": "uto119900010116"}}', Identity("prc:UTO119900010116", "")),
        ('{"data": {"id": true}}', UNKNOWN),
        ('{"data": {"id": ["AB12"]}}', UNKNOWN),
        ('{"data": {"id": "A", "id": "B"}}', UNKNOWN),
        ('{"data": {"id": "\\ud800"}}', Rejected(Refusal.CONTROL_BYTES)),
        ('{"data": {"id": " "}}', UNKNOWN),
        ('{"data": "AB12"}', UNKNOWN),
        ('{"data": ' + "[" * 2000, Rejected(Refusal.TOO_LONG)),
        ("{", UNKNOWN),
        ("12345678", Identity("visitor:12345678", "")),
        ("A" * 32, Identity("health:" + "A" * 32, "")),
        ("110199900101001", RESIDENT),
        ("V0352000000158", VoucherCode("V0352000000158")),
        ("035200000104", TubeCode("035200000104", preprinted=False)),
        ("\ufeff\u3000110199199001010010\u200b\r\n", RESIDENT),
        ("\u3000https://code.example.org/?token=AB12\u00a0", Identity("town:AB12", "")),
        ("1101991990\u200b01010010", UNKNOWN),
        ("1234567", UNKNOWN),
    ],
)
def test_each_form(text, meaning):
    assert read(text) == meaning


def test_the_tokens_of_two_systems_are_two_people():
    found = [read(f"https://{host}") for host in ("code.example.org/?token=A1B2", "city.example.org/?id=A1B2")]
    assert isinstance(found[0], Identity)
    assert isinstance(found[1], Identity)
    assert person(found[0], b"key").key != person(found[1], b"key").key


def cwt(said: object, key: object, algorithm: int, kid: bytes = b"") -> bytes:
    protected, payload = cbor2.dumps({1: algorithm} | ({4: kid} if kid else {})), cbor2.dumps(said)
    data = cbor2.dumps(["Signature1", protected, b"", payload])
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(data)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


def pass_code(said: object, key: object = None, algorithm: int = -8, kid: bytes = b"") -> str:
    return "PS1:" + base45.encode(cwt(said, key or edwards(), algorithm, kid))


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ({2: "AB12"}, Identity("pass:AB12", "")),
        ({2: 4711, 5: NOW, 4: NOW + 1}, Identity("pass:4711", "")),
        ({2: b"\x01\xff"}, Identity("pass:01ff", "")),
        ({2: "110199199001010010"}, RESIDENT),
        ({2: "AB12", 4: NOW}, Rejected(Refusal.EXPIRED)),
        ({2: "AB12", 5: NOW + 1}, Rejected(Refusal.EXPIRED)),
        ({2: "AB12", 4: "later"}, Rejected(Refusal.TORN)),
        ({3: "AB12"}, Rejected(Refusal.TORN)),
        ({2: "A\nB"}, Rejected(Refusal.CONTROL_BYTES)),
        ([], Rejected(Refusal.TORN)),
    ],
)
def test_a_signed_pass(said, meaning):
    assert read(pass_code(said)) == meaning
    assert read(pass_code(said, elliptic(), -7)) == meaning


def test_a_pass_in_base64url():
    data = cwt({"who": "AB12"}, edwards(), -8)
    text = base64.urlsafe_b64encode(data).decode()
    assert read("PS2:" + text.rstrip("=")) == Identity("web:AB12", "")
    assert read("PS2:" + text[:-4] + "?") == Rejected(Refusal.TORN)


def test_a_pass_of_another_key_or_altered_or_torn():
    stranger = Ed25519PrivateKey.generate()
    assert read(pass_code({2: "AB12"}, stranger)) == Rejected(Refusal.WRONG_SIGNATURE)
    assert read(pass_code({2: "AB12"}, elliptic(), -8)) == Rejected(Refusal.WRONG_SIGNATURE)
    assert read(pass_code({2: "AB12"}, elliptic(), -35)) == Rejected(Refusal.CANNOT_BE_CHECKED)
    assert read(pass_code({2: "AB12"}, stranger, kid=b"S")) == Rejected(Refusal.CANNOT_BE_CHECKED)
    assert read(pass_code({2: "AB12"}, kid=b"S")) == Identity("pass:AB12", "")
    assert read(pass_code({2: "AB12"})[:-3]) == Rejected(Refusal.TORN)
    assert read("PS1:é") == Rejected(Refusal.TORN)


def test_a_pass_without_keys_cannot_be_checked():
    form = CwtForm("pass", "PS1:", "base45", 2, Trust({}))
    found = understand(TextScan(pass_code({2: "A"}).encode()), Forms((form,), Pattern("TB"), "0352", {}), None, NOW)
    assert found == Rejected(Refusal.CANNOT_BE_CHECKED)


def test_the_table_of_codes_shows_what_the_kiosk_shows():
    """Rows of docs/codes.md that give a whole example and its mask."""
    table = (Path(__file__).parents[3] / "docs" / "codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| `(\w+)` \| [^|]+ \| `(\*+\w+)` \|", table, flags=re.MULTILINE)
    declared = Forms((PatternForm("x", Pattern("[0-9]{10}")),), Pattern("TB[0-9]{10}"), "0352", {})
    assert len(rows) == 5
    for text, mask in rows:
        found = understand(TextScan(text.encode()), declared, None)
        assert isinstance(found, Identity), text
        assert person(found, b"key").number == mask


def test_forms_and_people_show_nothing_of_themselves():
    assert "AB12" not in repr(read("https://code.example.org/?token=AB12"))
    assert "BEGIN" not in repr(forms())


BEGINNINGS = st.sampled_from(
    ["", "https://code.example.org/?token=", '{"data": {"id": ', "PS1:", "PS2:", "HC1:", "shc:/"]
)


@given(BEGINNINGS, st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)))
def test_whatever_follows_a_beginning_is_understood_or_refused(beginning, rest):
    found = understand(TextScan(beginning.encode() + rest), forms(), None, NOW)
    if isinstance(found, Identity):
        assert person(found, b"key").key
