"""Random and mutated inputs for each pure decoder, and what the decoder may do with them."""

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from drivers import escpos_replies, hid_keys, id_card_frames, scan_frames
from kiosk import base45, credentials, voucher_token
from kiosk.credentials import CwtForm, Forms, JsonForm, PatternForm, UrlForm
from kiosk.credentials.keys import Trust, TrustedKey, trust_of
from kiosk.ports import FrameError, TextScan

LONGEST = 4096
"""Bytes of one input; what the scanners' drivers let through."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """`make` draws an input, `feed` gives it to the decoder; only `declared` exceptions may come out."""

    make: Callable[[Random], bytes]
    feed: Callable[[bytes], None]
    declared: tuple[type[Exception], ...] = ()


def mutated(rng: Random, data: bytes) -> bytes:
    """One to eight changes: a byte, a bit, a cut, a repetition, something put in."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        at = rng.randrange(len(found) + 1)
        match rng.randrange(6):
            case 0:
                found[at : at + 1] = rng.randbytes(1)
            case 1 if at < len(found):
                found[at] ^= 1 << rng.randrange(8)
            case 2:
                del found[at : at + rng.choice((1, 1, 2, 16, LONGEST))]
            case 3:
                found[at:at] = found[at : at + rng.choice((1, 2, 16, 256))]
            case 4:
                found[at:at] = rng.randbytes(rng.choice((1, 2, 16)))
            case _:
                found[at:at] = rng.choice((b"\0", b"\r\n", b"<<", b"/", b"\xff", "９".encode(), b"9", b"-"))
    return bytes(found[:LONGEST])


def noise(rng: Random) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 4, 16, 64, 300, 2000)))


# --- texts


@cache
def signer() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(4711, ec.SECP256R1())


@cache
def pass_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@cache
def forms() -> Forms:
    elliptic, edwards = trusted(b"any", signer().public_key()), trusted(b"", pass_key().public_key())
    codes = (
        UrlForm("town", "code.example.org", "token"),
        JsonForm("clinic", ("data", "id")),
        CwtForm("pass", "PS1:", "base45", 2, edwards),
        CwtForm("web", "PS2:", "base64url", 2, edwards),
        PatternForm("health", re.compile("[A-Za-z0-9_-]{32,256}")),
    )
    staff = credentials.staff_codes(b"a staff key of the bench")
    return Forms(codes, re.compile("TB[0-9]{10}"), "0352", staff, elliptic, elliptic)


def trusted(kid: bytes, key: object) -> Trust:
    return trust_of([TrustedKey(kid, key)])  # type: ignore[arg-type]


def signed_es256(data: bytes) -> bytes:
    r, s = decode_dss_signature(signer().sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def cose(payload: bytes, algorithm: int, sign: Callable[[bytes], bytes]) -> bytes:
    protected = cbor2.dumps({1: algorithm, 4: b"any"})
    signature = sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


def certificate(data: bytes) -> bytes:
    return b"HC1:" + base45.encode(zlib.compress(data, 1)).encode()


def url64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def card(payload: bytes) -> bytes:
    """A health card of a payload that need not be one."""
    packer = zlib.compressobj(1, wbits=-15)
    header = b'{"alg":"ES256","zip":"DEF","kid":"any"}'
    data = b".".join(map(url64, (header, packer.compress(payload) + packer.flush())))
    return b"shc:/" + b"".join(b"%02d" % (byte - 45) for byte in data + b"." + url64(signed_es256(data)))


ENTRY = dict.fromkeys(("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"), "x")
PERSON = {"ver": "1.3.0", "nam": {"fnt": "TEST<ONE", "gnt": "A"}, "dob": "1998-02-26", "v": [ENTRY]}
CLAIMS = cbor2.dumps({1: "UT", 4: 2**31, 6: 1, -260: {1: PERSON}})
PATIENT = {"resourceType": "Patient", "name": [{"family": "Test", "given": ["A"]}], "birthDate": "1998-02-26"}
BUNDLE = {"credentialSubject": {"fhirBundle": {"entry": [{"resource": PATIENT}]}}}
HEALTH_CARD = json.dumps({"iss": "x", "nbf": 1, "vc": BUNDLE}).encode()
PASS = cbor2.dumps({2: "AB12", 4: 2**31})
PLAIN = [
    b"110199199001010010",
    b"110199900101001",
    b"911999190001010021",
    b"UTO119900010116",
    b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    b"I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
    b"V0352000000158",
    b"035200000104",
    b"TB0000000001",
    b"https://code.example.org/q?x=1&token=AB%2F12",
    b'{"v": 1, "data": {"id": 4711}}',
    b"A" * 40,
    "１１０１９９１９９００１０１００１０".encode(),
    "姓名".encode("gb18030"),
]


@cache
def voucher() -> bytes:
    claims = voucher_token.Claims("2022-05-r1/wy-0352/a", "测** 0010", 1_653_000_000, "V0352000000158")
    return voucher_token.Signer(bytes(32)).sign(claims).encode()


@cache
def whole() -> tuple[bytes, ...]:
    """A signed code of each kind, as it is held up."""
    signed = cose(CLAIMS, -7, signed_es256)
    passing = cose(PASS, -8, pass_key().sign)
    texts = (voucher(), certificate(signed), card(HEALTH_CARD))
    return (*texts, b"PS1:" + base45.encode(passing).encode(), b"PS2:" + url64(passing))


def scan(rng: Random) -> bytes:
    """Wrong in the text mostly, else in a layer below it with all above it right."""
    match rng.randrange(16):
        case 0:
            return noise(rng)
        case 1:
            return rng.choice((b"HC1:", b"shc:/", b"KV1:", b"PS1:", b"{", b"https://")) + noise(rng)
        case 2:
            return certificate(mutated(rng, cose(CLAIMS, -7, signed_es256)))
        case 3:
            return certificate(cose(mutated(rng, CLAIMS), -7, signed_es256))
        case 4:
            return card(mutated(rng, HEALTH_CARD))
        case 5:
            return b"PS1:" + base45.encode(cose(mutated(rng, PASS), -8, pass_key().sign)).encode()
        case 6 | 7:
            return mutated(rng, rng.choice(whole()))
        case _:
            return mutated(rng, rng.choice(PLAIN))


def understand(data: bytes) -> None:
    found = credentials.understand(TextScan(data), forms(), None, 1_653_000_000)
    if isinstance(found, credentials.Identity):
        credentials.person(found, b"a round key of the bench")
    elif not isinstance(found, credentials.Rejected | credentials.TubeCode | credentials.VoucherCode):
        raise TypeError(f"{type(found).__name__} is not what a stranger's code can mean")


def token(rng: Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return b"KV1:" + noise(rng)
        case 1:
            return b"KV1:" + base45.encode(mutated(rng, base45.decode(voucher()[4:].decode()))).encode()
        case _:
            return mutated(rng, voucher())


def read_token(data: bytes) -> None:
    voucher_token.read(data.decode("utf-8", "replace"))


# --- streams


def framed(data: bytes) -> bytes:
    """A reply of the card module with a right length and checksum."""
    body = (len(data) + 1).to_bytes(2, "big") + data
    check = 0
    for byte in body:
        check ^= byte
    return id_card_frames.PREAMBLE + body + bytes([check])


@cache
def card_data() -> bytes:
    text = "测试甲".ljust(15) + "1" + "01" + "19900101" + "X" * 35 + "110199199001010010"
    return b"\x01\x00\x04\x00" + text.ljust(128).encode("utf-16-le") + bytes(1024)


def card_reply(rng: Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return framed(b"\0\0\x90" + mutated(rng, card_data()[:300]))
        case 1:
            return mutated(rng, framed(b"\0\0\x90" + card_data()))
        case 2:
            return noise(rng) + framed(b"\0\0\x9f") + noise(rng)
        case _:
            return noise(rng)


def read_card(data: bytes) -> None:
    reader = id_card_frames.ReplyReader()
    for piece in pieces(data):
        for reply in reader.feed(piece):
            if isinstance(reply, id_card_frames.Reply):
                credentials.understand(id_card_frames.card(reply.data), forms(), None)


def pieces(data: bytes) -> Iterator[bytes]:
    """The same cuts for the same data: at sizes that its first byte gives."""
    size = 1 + (data[0] if data else 0)
    return (data[at : at + size] for at in range(0, len(data), size))


def lines(rng: Random) -> bytes:
    parts = [
        rng.choice((noise(rng), rng.choice(PLAIN))) + rng.choice((b"\r", b"\n", b"\r\n", b"\x03", b"\x02"))
        for _ in "12"
    ]
    return b"".join(parts)


def read_lines(data: bytes) -> None:
    framings = list(scan_frames.Framing)
    reader = scan_frames.CodeReader(framings[len(data) % len(framings)], 1000)
    codes = [code for piece in pieces(data) for code in reader.feed(piece)] + list(reader.flush())
    for code in codes:
        if not isinstance(code, scan_frames.TooLong) and not 0 < len(code) <= 1000:
            raise ValueError(f"a code of {len(code)} bytes")


REPLIES = (b"\x16", b"\x12", b"\x10\0\0\0", b"\x14\0\0\x0f", b"\x37\x22abcd\0", b"\x5fTM-T88\0", b"\0", b"\x13\x11")


def replies(rng: Random) -> bytes:
    if rng.randrange(4) == 0:
        return noise(rng)[:300]
    return mutated(rng, b"".join(rng.choices(REPLIES, k=8)))


def read_replies(data: bytes) -> None:
    reader = escpos_replies.ReplyReader()
    for piece in pieces(data):
        for reply in reader.feed(piece):
            if isinstance(reply, escpos_replies.Automatic):
                escpos_replies.from_automatic(reply.data)
    if len(data) >= 4:
        escpos_replies.from_real_time(*data[:4])


SYNCHRONISED, KEY = 0, 1
REPORT, DROPPED = 0, 3
"""Numbers of Linux' input-event-codes."""


def keys(rng: Random) -> bytes:
    return rng.randbytes(2 * rng.choice((1, 8, 40)))


def read_keys(data: bytes) -> None:
    """Two bytes an event: a key and up, down or again."""
    reader = hid_keys.KeyReader()
    for code, value in zip(data[::2], data[1::2], strict=False):
        reader.event(KEY, code * (1 + value // 200), value % 3)
        if value == 199:
            reader.event(SYNCHRONISED, DROPPED, 0)
            reader.event(SYNCHRONISED, REPORT, 0)
    reader.silence()


DECODERS = {
    "credentials.understand": Decoder(scan, understand),
    "voucher_token.read": Decoder(token, read_token, (voucher_token.NotAVoucher,)),
    "drivers.id_card_frames": Decoder(card_reply, read_card, (FrameError,)),
    "drivers.scan_frames": Decoder(lines, read_lines),
    "drivers.escpos_replies": Decoder(replies, read_replies),
    "drivers.hid_keys": Decoder(keys, read_keys),
}
