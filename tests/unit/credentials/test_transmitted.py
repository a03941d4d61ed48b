"""One code is one person, whichever scanner reads it and whatever that puts before it or into it."""

import json
import zlib
from functools import cache

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.credentials import (
    CwtForm,
    Forms,
    Identity,
    JsonForm,
    Pattern,
    PatternForm,
    Rejected,
    UrlForm,
    staff_codes,
    text_of,
    tube_code,
    understand,
    voucher_number,
)
from kiosk.credentials.transmitted import AROUND
from kiosk.credentials.trust_lists import read_trust_list
from kiosk.encodings import base45
from kiosk.model import Refusal
from kiosk.ports import TextScan
from kiosk.vouchers.token import Claims, Signer

NOW = 1_653_000_000
STAFF = staff_codes(b"a staff key of tests")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ENTRY = dict.fromkeys(("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"), "x")
CERTIFICATE = {"ver": "1.3.0", "nam": {"fnt": "MUESTER", "gnt": "ANN"}, "dob": "1998-02-26", "v": [ENTRY]}
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def signed(said: object) -> bytes:
    protected, payload = cbor2.dumps({1: -8}), cbor2.dumps(said)
    signature = KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


@cache
def forms() -> Forms:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    trust = read_trust_list(public)
    codes = (
        UrlForm("town", "code.example.org", "token"),
        JsonForm("clinic", ("data", "id")),
        CwtForm("pass", "PS1:", "base45", 2, trust),
        PatternForm("visitor", Pattern("[0-9]{8}")),
        PatternForm("health", Pattern("[A-Za-z0-9_-]{32,256}")),
        PatternForm("open", Pattern("测[^A]{3,20}")),
        PatternForm("bracket", Pattern(r"\][A-Z][0-9]-[A-Z]{4}")),
        PatternForm("slash", Pattern(r"[A-Z]{2}\\000[0-9]{3}")),
    )
    return Forms(codes, Pattern("TB[0-9]{10}"), "0352", STAFF, trust)


CODES = {
    "staff code": next(iter(STAFF)),
    "voucher's number": voucher_number("0352", 1),
    "signed voucher": Signer(bytes(32)).sign(Claims("r/p/a", "测** 0010", NOW, voucher_number("0352", 1))),
    "tube": tube_code("0352", 1),
    "supplier's tube": "TB0000000001",
    "identity number": "110199199001010010",
    "its old form": "110199900101001",
    "card of 2017": "UTO119900010116",
    "card of 2023": "911999190001010021",
    "a wrong number": "110199199001010011",
    "passport": ZONE,
    "certificate": "HC1:" + base45.encode(zlib.compress(signed({4: NOW + 9, 6: NOW - 9, -260: {1: CERTIFICATE}}))),
    "health card": "shc:/56762909524320603460292437404460",
    "url": "https://code.example.org/q?token=AB%2F12",
    "url in another alphabet": "https://code.example.org/q?token=测试",
    "object": '{"data": {"id": "AB\\u00e912", "of": "C:\\\\000026"}}',
    "pass": "PS1:" + base45.encode(signed({2: "AB12"})),
    "number": "12345678",
    "plain": "A1b2" * 8,
    "wide pattern": "测试\\点ü",
    "one that begins as an identifier": "]Q1-ABCD",
    "one that holds an escape": "WY\\000026",
}
IDENTIFIERS = [f"]{kind}{option}" for kind in "ACEFGHIKLMOPQRSTUXZcdeghjo" for option in "0123456789AFMx"]
IDENTIFIERS += [f"]z{option}" for option in "012345C"]
SETS = {3: "iso8859-1", 26: "utf-8", 29: "gb18030", 32: "gb18030", 25: "utf-16-be", 20: "shift_jis", 899: "utf-8"}
BY_SCANNER = st.sampled_from([b"", b"\r\n", b"\t", b" ", b"\x1d"])
IN_SYMBOL = st.text(st.sampled_from(AROUND), max_size=2)


def meaning(data: bytes) -> object:
    return understand(TextScan(data), forms(), None, NOW)


def escaped(text: str, eci: int) -> bytes:
    """As the AIM ECI protocol has it sent."""
    return b"\\%06d" % eci + text.encode(SETS[eci]).replace(b"\\", b"\\\\")


def sent(text: str, ecis: list[int], at: int) -> bytes:
    """With its character sets named as the symbol has them: none, one for all, or one for each of two parts."""
    match ecis:
        case []:
            return text.encode()
        case [eci]:
            return escaped(text, eci)
        case _:
            return escaped(text[: at % len(text)], ecis[0]) + escaped(text[at % len(text) :], ecis[1])


def test_each_code_means_something():
    assert Rejected(Refusal.UNKNOWN_CODE) not in map(meaning, (code.encode() for code in CODES.values()))


@given(
    st.sampled_from(sorted(CODES)),
    st.sampled_from(["", *IDENTIFIERS]),
    st.lists(st.sampled_from(sorted(SETS)), max_size=2),
    st.integers(0, 500),
    st.tuples(BY_SCANNER, BY_SCANNER, BY_SCANNER),
    st.tuples(IN_SYMBOL, IN_SYMBOL),
)
@example("wide pattern", "]Q2", [29, 26], 3, (b"", b"\x1d", b"\r\n"), ("", ""))
@example("one that holds an escape", "", [26], 0, (b"", b"", b""), ("", ""))
@example("one that begins as an identifier", "]Q1", [], 0, (b"", b"", b""), ("", ""))
def test_it_means_the_same_however_it_is_sent(name, identifier, ecis, at, by_scanner, in_symbol):
    text = CODES[name]
    try:
        code = sent(text.join(in_symbol), ecis, at)
    except UnicodeEncodeError:
        return
    front, middle, end = by_scanner
    # Behind UTF-16 an end of one byte is half a character; drivers have cut it off.
    end = b"" if ecis[-1:] == [25] else end
    whole = front + identifier.encode() + middle * bool(identifier) + code + end
    assert meaning(whole) == meaning(text.encode())


@pytest.mark.parametrize("name", CODES)
def test_each_identifier_before_each_code(name):
    text = CODES[name].encode()
    assert all(meaning(each.encode() + text) == meaning(text) for each in IDENTIFIERS)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"]Q2\\000003M\xfcller", "Müller"),
        ("]Q2\\000003Müller".encode(), "Müller"),
        (b"\\000029\xd0\xa1\xb2\xe2", "小测"),
        (b"AB12\\\\\\000029\xd0\xa1", "AB12\\小"),
        (b"]d4\\000020\x83e\x83X", "テス"),
        (b"\\000026no pair: \\u00e9", "no pair: \\u00e9"),
        (b"]L1\\000899\xff", "ÿ"),
        (b"\\000777AB", "AB"),
        (b"\\123456AB", "\\123456AB"),
        (b"A\\\\000026B", "A\\\\000026B"),
        ("誠".encode("gb18030") + b"000026", "誠000026"),
        (b"]Q", "]Q"),
        (b"]Q1", ""),
        (b"]1QAB", "]1QAB"),
    ],
)
def test_what_a_scanner_says_of_itself_is_left_out(data, text):
    assert text_of(data) == text


def test_what_the_scanner_itself_calls_a_part_is_no_person():
    for option in "6789AB":
        assert meaning(f"]z{option}".encode() + CODES["plain"].encode()) == Rejected(Refusal.ONE_OF_PARTS)


def test_caps_lock_matters_to_no_code_without_small_letters():
    for name in ("staff code", "voucher's number", "signed voucher", "identity number", "certificate", "pass"):
        assert meaning(CODES[name].swapcase().encode()) == meaning(CODES[name].encode()), name
    assert meaning(CODES["health card"].upper().encode()) == meaning(CODES["health card"].encode())
    assert meaning("hc1:ſ".encode()) == Rejected(Refusal.UNKNOWN_CODE)


@pytest.mark.parametrize(
    "text",
    [
        "https://code.example.org/q?token=AB12",
        "https://code.example.org/q?token=AB12%20",
        "https://code.example.org/q?token=%09AB12%0D%0A",
        "https://code.example.org/q?token=AB12%E2%80%8B",
        "https://code.example.org/q?token=%EF%BB%BFAB12%E2%80%83",
        "https://code.example.org/q?token=%EF%BC%A1B12",
    ],
)
def test_tokens_are_read_as_plain_codes_are(text):
    assert meaning(text.encode()) == Identity("town:AB12", "")


@given(st.text(st.sampled_from([*AROUND, "\u2003", "\u3000"]), max_size=3))
def test_what_stands_around_a_token_says_nothing(around):
    text = json.dumps({"data": {"id": f"{around}AB12{around}"}}).encode()
    assert meaning(text) == Identity("clinic:AB12", "")


@given(st.binary(max_size=60), st.sampled_from([b"", b"]Q2", b"\\000026", b"]Q2\\000029"]))
def test_any_bytes_behind_it_are_text(data, front):
    assert isinstance(text_of(front + data), str)
