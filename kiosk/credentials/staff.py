"""Staff codes: secrets of the point, so that a code which a resident shows can never act as staff."""

import base64
import hashlib
import hmac
import re

from kiosk.model import StaffAction

_FORM = re.compile("K[SB]-[A-Z2-7]{24}")


def key_of_round(staff_key: bytes, round_id: str) -> bytes:
    """The key of the codes that are worth something in one round only."""
    return hmac.new(staff_key, f"round:{round_id}".encode(), hashlib.sha256).digest()


def key_of_turn(key: bytes, turn: int) -> bytes:
    """The key of the codes that hold once they were renewed: whoever has the old ones does not know the new."""
    return hmac.new(key, f"turn:{turn}".encode(), hashlib.sha256).digest()


def is_like_ours(text: str) -> bool:
    """Whether it is a code of staff or a badge, of whichever key and round."""
    return _FORM.fullmatch(text) is not None


def staff_codes(staff_key: bytes) -> dict[str, StaffAction]:
    """The secret code text of each staff action at this point."""
    return {_staff_code(staff_key, action): action for action in StaffAction}


def _staff_code(staff_key: bytes, action: StaffAction) -> str:
    tag = hmac.new(staff_key, f"staff:{action}".encode(), hashlib.sha256).digest()
    return "KS-" + base64.b32encode(tag[:15]).decode()
