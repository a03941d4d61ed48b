"""The roster as a kiosk is given it: keyed hashes and masks, packed small, in a signed envelope. Pure."""

import hashlib
import hmac
import unicodedata
import zlib
from collections.abc import Collection

import cbor2

from kiosk.frozen import dataclass
from kiosk.model import Expected, Roster, RosterHead, Status
from kiosk.vouchers.envelope import SigningKey, file_payload

LARGEST_BYTES = 2**23
"""Of the file; 3,000 people take some 150,000."""
_MOST_INFLATED = 2**25
_VERSION = 1
_KEY_BYTES = 32
_LONGEST_TEXT = 120
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_STATUSES = tuple(Status)


class NotARoster(Exception):  # noqa: N818 - it says what the file is not
    """Genuine, and no roster that this release can read, or made with another round's key; says which."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A roster and by which round key its people are known."""

    roster: Roster
    fingerprint: bytes


def fingerprint(round_key: bytes, round_id: str) -> bytes:
    """Tells round keys apart and nothing of them."""
    return hmac.digest(round_key, f"roster:{round_id}".encode(), hashlib.sha256)[:8]


def write(roster: Roster, round_key: bytes, signer: SigningKey) -> bytes:
    """The bytes of the file."""
    units = {unit: place for place, unit in enumerate(roster.head.units)}
    people = [
        (person.key, person.name, units[person.unit], person.flat, person.floor, _STATUSES.index(person.status))
        for person in roster.people
    ]
    body = {
        "version": _VERSION,
        "round": roster.round,
        "point": roster.point,
        "made": roster.head.made_s,
        "key": fingerprint(round_key, roster.round),
        "units": list(roster.head.units),
        "people": people,
    }
    return signer.signed_file(zlib.compress(cbor2.dumps(body), 9))


def read(data: bytes, keys: Collection[bytes]) -> Keyed:
    """What one of these public keys signed. Raises SignedError, NotARoster."""
    if len(data) > LARGEST_BYTES:
        raise NotARoster("is larger than 8 MB")
    packed = file_payload(data, keys)
    try:
        inflating = zlib.decompressobj()
        body = cbor2.loads(inflating.decompress(packed, _MOST_INFLATED))
    except (zlib.error, cbor2.CBORDecodeError, ValueError, RecursionError, MemoryError):
        raise NotARoster("holds no list") from None
    match body:
        case {
            "version": 1,
            "round": str(round_id),
            "point": str(point),
            "made": int(made_s),
            "key": bytes(key),
            "units": [*units],
            "people": [*people],
        } if all(map(_is_text, units)):
            head = RosterHead(made_s, tuple(units))
            return Keyed(Roster(round_id, point, head, _people(people, head.units)), key)
        case {"version": int(version)} if version > _VERSION:
            raise NotARoster("was made by a newer release")
        case _:
            raise NotARoster("holds no list that is known here")


def _people(rows: list[object], units: tuple[str, ...]) -> tuple[Expected, ...]:
    found = tuple(_person(row, units) for row in rows)
    if len({person.key for person in found}) != len(found):
        raise NotARoster("names somebody twice")
    return found


def _person(row: object, units: tuple[str, ...]) -> Expected:
    match row:
        case [bytes(key), str(name), int(unit), str(flat), int() | None as floor, int(status)] if (
            len(key) == _KEY_BYTES
            and _is_text(name)
            and _is_text(flat)
            and 0 <= unit < len(units)
            and 0 <= status < len(_STATUSES)
        ):
            return Expected(key, name, units[unit], flat, floor, _STATUSES[status])
        case _:
            raise NotARoster("holds a person whom this release does not understand")


def _is_text(found: object) -> bool:
    """A rare character of a name may be younger than what this Python knows."""
    return isinstance(found, str) and len(found) <= _LONGEST_TEXT and (found.isprintable() or not _steers(found))


def _steers(text: str) -> bool:
    return any(unicodedata.category(each) in _STEERING for each in text)
