"""Staff codes: secrets of the point, so that a code which a resident shows can never act as staff."""

import base64
import hashlib
import hmac

from kiosk.model import StaffAction


def staff_codes(staff_key: bytes) -> dict[str, StaffAction]:
    """The secret code text of each staff action at this point."""
    return {_staff_code(staff_key, action): action for action in StaffAction}


def _staff_code(staff_key: bytes, action: StaffAction) -> str:
    tag = hmac.new(staff_key, f"staff:{action}".encode(), hashlib.sha256).digest()
    return "KS-" + base64.b32encode(tag[:15]).decode()
