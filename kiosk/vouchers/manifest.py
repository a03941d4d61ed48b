"""The signed text in a manifest's QR: what passed to the driver, for the driver and the laboratory's reception. Pure.

A CWT with claims of our own (RFC 8392, section 3: keys below -65536 are for private use). Nobody is named in it: codes,
persons a tube, ages. A tube with a code of ours takes 10 bytes, a supplier's 20.
"""

from collections.abc import Collection

import cbor2

from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.frozen import dataclass
from kiosk.model import Handover, Packed
from kiosk.vouchers.envelope import Form, NotOurs, SigningKey, check, claimed_s, decoded, payload_of
from kiosk.vouchers.token import shown

PREFIX = "KM1:"
MOST_TUBES = 60
"""In a box; their symbol still fits on paper of 58 mm."""
MOST_BYTES = 1260
"""That the tubes of a box may take: with the longest issuer and seal the largest symbol of level M holds it, 2,331
characters. So many are 60 codes of 14 characters."""
LONGEST = 4096
UNKNOWN_AGE = 0xFFFF

_FORM = Form(PREFIX, LONGEST)
_CODE_DIGITS, _CODE_BYTES, _HEAD_BYTES = 12, 5, 4


class _Claim:
    ISS, IAT, CTI = 1, 6, 7
    HANDOVER, SEAL, TUBES = -65537, -65538, -65539


@dataclass(frozen=True, slots=True)
class Line:
    """A tube: `age_min` from its opening to the hand-over, None if no clock vouches for it."""

    code: str
    people: int
    bag: int
    age_min: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a box holds. `handover` tells two of the same box apart, the later one has the higher number; `at_s` in
    seconds since 1970 UTC, None while no clock was trusted."""

    issuer: str
    box: str
    handover: int
    at_s: int | None
    seal: str
    lines: tuple[Line, ...]

    @property
    def people(self) -> int:
        return sum(line.people for line in self.lines)


def manifest_of(handover: Handover, issuer: str) -> Manifest:
    """What is signed of a hand-over."""
    at_s = handover.at.wall_ms // 1000 if handover.at.trusted else None
    lines = tuple(_line(packed, handover) for packed in handover.packed)
    return Manifest(issuer, handover.box.number, handover.id, at_s, handover.box.seal, lines)


def _line(packed: Packed, handover: Handover) -> Line:
    age_min = handover.age_min(packed)
    shown_min = None if age_min is None else min(age_min, UNKNOWN_AGE - 1)
    return Line(packed.tube.code or "", packed.tube.filled, packed.bag, shown_min)


def has_room(codes: Collection[str]) -> bool:
    """Whether one manifest can name all of these tubes."""
    lines = (Line(code, 0, 0, None) for code in codes)
    return len(codes) <= MOST_TUBES and sum(len(cbor2.dumps(_packed(line))) for line in lines) <= MOST_BYTES


def sign(manifest: Manifest, key: SigningKey) -> str:
    """The text of the QR; the same for the same manifest."""
    return key.signed(_FORM, _payload(manifest))


def read(text: str) -> Manifest:
    """Whoever signed it. Raises NotOurs and nothing else."""
    return _manifest(payload_of(_FORM, text))


def verify(text: str, keys: Collection[bytes]) -> Manifest:
    """Signed by one of these public keys. Raises NotOurs, UnknownKey, WrongSignature."""
    manifest = read(text)
    check(_FORM, text, keys)
    return manifest


def _payload(manifest: Manifest) -> bytes:
    said: dict[int, object] = {
        _Claim.ISS: manifest.issuer,
        _Claim.CTI: int(manifest.box[1:]).to_bytes(_CODE_BYTES, "big"),
        _Claim.HANDOVER: manifest.handover,
        _Claim.TUBES: list(map(_packed, manifest.lines)),
    }
    if manifest.at_s is not None:
        said[_Claim.IAT] = manifest.at_s
    if manifest.seal:
        said[_Claim.SEAL] = manifest.seal
    return cbor2.dumps(said, canonical=True)


def _packed(line: Line) -> object:
    """People, bag, minutes, and the code: twelve digits as a number, any other as it is written."""
    head = bytes([line.people, line.bag]) + (UNKNOWN_AGE if line.age_min is None else line.age_min).to_bytes(2, "big")
    return head + int(line.code).to_bytes(_CODE_BYTES, "big") if _is_number(line.code) else [head, line.code]


def _is_number(code: str) -> bool:
    return len(code) == _CODE_DIGITS and code.isascii() and code.isdigit()


def _unpacked(item: object) -> Line:
    match item:
        case bytes(data) if len(data) == _HEAD_BYTES + _CODE_BYTES:
            return _read(data[:_HEAD_BYTES], f"{int.from_bytes(data[_HEAD_BYTES:], 'big'):012d}")
        case [bytes(head), str(code)] if len(head) == _HEAD_BYTES:
            return _read(head, code)
        case _:
            raise NotOurs("not a tube as a kiosk writes it")


def _read(head: bytes, code: str) -> Line:
    age = int.from_bytes(head[2:], "big")
    return Line(code, head[0], head[1], None if age == UNKNOWN_AGE else age)


def _manifest(payload: bytes) -> Manifest:
    match decoded(payload):
        case {
            _Claim.ISS: str(issuer),
            _Claim.CTI: bytes(box),
            _Claim.HANDOVER: int(number),
            _Claim.TUBES: [*tubes],
            **others,
        } if len(tubes) <= MOST_TUBES:
            at_s, seal = others.get(_Claim.IAT), others.get(_Claim.SEAL, "")
            lines = tuple(map(_unpacked, tubes))
            found = Manifest(issuer, f"B{int.from_bytes(box, 'big'):012d}", number, claimed_s(at_s), str(seal), lines)
        case _:
            raise NotOurs("not the claims of a manifest")
    if not _is_possible(found) or _payload(found) != payload:
        raise NotOurs("not a manifest as a kiosk writes it")
    return found


def _is_possible(manifest: Manifest) -> bool:
    """Text that a terminal shows as it is, and a number of ours."""
    numbered = len(manifest.box) == _CODE_DIGITS + 1 and is_mod_97_10(manifest.box[1:])
    texts = (manifest.issuer, manifest.seal, *(line.code for line in manifest.lines))
    return numbered and manifest.handover >= 0 and all(shown(each) == each for text in texts for each in text)
