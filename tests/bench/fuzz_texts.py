"""Texts as they are held up, wrong in one of their layers, and the decoders of codes and documents."""

import base64
import json
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from fuzz_mutations import Decoder, mutated, noise
from kiosk import credentials
from kiosk.credentials import CwtForm, Forms, JsonForm, Pattern, PatternForm, UrlForm
from kiosk.credentials.keys import Trust, TrustedKey, trust_of
from kiosk.credentials.mrz import zone_identity
from kiosk.encodings import base45, cbor
from kiosk.ports import TextScan
from kiosk.vouchers import token as voucher_token


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
        PatternForm("health", Pattern("[A-Za-z0-9_-]{32,256}")),
        PatternForm("hostile", Pattern(r"(\w+\s?)*[-](END)*")),
    )
    staff = credentials.staff_codes(b"a staff key of the bench")
    return Forms(codes, Pattern("TB[0-9]{10}"), "0352", staff, elliptic, elliptic)


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
ZONES = [
    b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    b"I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
]
PLAIN = [
    b"110199199001010010",
    b"110199900101001",
    b"911999190001010021",
    b"UTO119900010116",
    *ZONES,
    b"V0352000000158",
    b"035200000104",
    b"TB0000000001",
    b"https://code.example.org/q?x=1&token=AB%2F12",
    b'{"v": 1, "data": {"id": 4711}}',
    b"A" * 40,
    b"AB 12 CD-END",
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


def zone(rng: Random) -> bytes:
    """A passport's or a card's zone of which some characters became others that a zone may have."""
    found = bytearray(rng.choice(ZONES))
    for _ in range(rng.choice((1, 2, 8, 40))):
        found[rng.randrange(len(found))] = rng.choice(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
    return mutated(rng, bytes(found)) if rng.randrange(3) == 0 else bytes(found)


def read_zone(data: bytes) -> None:
    zone_identity(data.decode("latin-1"))


def packed(rng: Random) -> bytes:
    return base45.encode(mutated(rng, CLAIMS)).encode() if rng.randrange(2) else mutated(rng, whole()[1])


def unpack(data: bytes) -> None:
    base45.decode(data.decode("latin-1"))


def claims(rng: Random) -> bytes:
    return noise(rng) if rng.randrange(4) == 0 else mutated(rng, rng.choice((CLAIMS, PASS)))


def read_claims(data: bytes) -> None:
    cbor.loads(data)


TEXT_DECODERS = {
    "credentials.understand": Decoder(scan, understand),
    "credentials.mrz": Decoder(zone, read_zone),
    "voucher_token.read": Decoder(token, read_token, (voucher_token.NotAVoucher,)),
    "base45.decode": Decoder(packed, unpack, (ValueError,)),
    "cbor.loads": Decoder(claims, read_claims, (ValueError,)),
}
