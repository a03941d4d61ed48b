"""Badges of staff: a number and a role by the point's key, so that nobody makes one. Pure."""

import base64
import binascii
import hashlib
import hmac

from kiosk.model import Badge, StaffRole

PREFIX = "KB-"
LAST_NUMBER = 9999

_ROLES = tuple(StaffRole)
_TAG = 12


def badge_text(staff_key: bytes, badge: Badge) -> str:
    """What its QR says. Raises ValueError for a number that no badge has."""
    if not 1 <= badge.number <= LAST_NUMBER:
        raise ValueError(f"a badge has a number from 1 to {LAST_NUMBER}")
    body = bytes([_ROLES.index(badge.role)]) + badge.number.to_bytes(2, "big")
    return PREFIX + base64.b32encode(body + _tag(staff_key, body)).decode()


def badge_of(staff_key: bytes, text: str) -> Badge | None:
    """None for what this point has not made."""
    try:
        data = base64.b32decode(text.removeprefix(PREFIX))
    except (binascii.Error, ValueError):
        return None
    body, tag = data[:3], data[3:]
    if not hmac.compare_digest(tag, _tag(staff_key, body)) or body[0] >= len(_ROLES):
        return None
    return Badge(_ROLES[body[0]], int.from_bytes(body[1:], "big"))


def _tag(staff_key: bytes, body: bytes) -> bytes:
    return hmac.new(staff_key, b"badge:" + body, hashlib.sha256).digest()[:_TAG]
