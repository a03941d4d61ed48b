"""What may stay of an identity when the scan is forgotten: a keyed hash and masks."""

import hashlib
import hmac

from kiosk.credentials.meanings import Identity
from kiosk.model import Person


def person(identity: Identity, round_key: bytes) -> Person:
    """The keyed hash (HMAC-SHA256) and the masks."""
    key = hmac.new(round_key, identity.canonical.encode(), hashlib.sha256).digest()
    shown = identity.shown
    if shown is None:
        shown = mask_number(identity.canonical.partition(":")[2])
    return Person(key, mask_name(identity.name), shown)


def mask_number(number: str) -> str:
    """The last four characters; never more than a quarter of a short one."""
    shown = min(4, len(number) // 4)
    hidden = min(len(number) - shown, 14)
    return "*" * hidden + (number[-shown:] if shown else "")


def mask_name(name: str) -> str:
    """The first character of each word, the rest as stars; never a whole name, however its words are parted."""
    first, *others = name.split() or [""]
    shown = [_first_of(first) if others or len(first) > 1 else "*" * len(first)]
    return " ".join([*shown, *(_first_of(word) if len(word) > 1 else "*" for word in others)])


def _first_of(word: str) -> str:
    return word[0] + "*" * min(len(word) - 1, 8)


def mask_birth(birth: str) -> str:
    """The year of `1998-02-26`; for documents that have no number of their own."""
    return birth[:4] + "-**-**" if birth[:4].isdigit() else ""
