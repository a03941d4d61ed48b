"""The district's own key for what it tells kiosks: 64 hex digits in a file, as a kiosk's voucher-key."""

import secrets
from pathlib import Path

from kiosk.journal import replace_whole
from kiosk.office.authority_keys import KeyFileError
from kiosk.vouchers.envelope import KEY_BYTES, SigningKey


def make(file: Path) -> str:
    """The public half, 64 hex digits. Raises KeyFileError where a file is there already; OSError, and then none is."""
    if file.exists():
        raise KeyFileError(f"{file} is there already: kiosks that trust it would trust the new one no more")
    seed = secrets.token_bytes(KEY_BYTES)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(file, f"{seed.hex()}\n".encode("ascii"))
    return SigningKey(seed).public_key.hex()


def read(file: Path) -> SigningKey:
    """Raises KeyFileError, OSError."""
    try:
        seed = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        seed = b""
    if len(seed) != KEY_BYTES:
        raise KeyFileError(f"{file} is not 64 hex digits")
    return SigningKey(seed)
