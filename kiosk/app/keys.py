"""Keys from systemd's credentials directory, into memory only."""

from pathlib import Path

from kiosk.config import ConfigError, Mistake
from kiosk.vouchers.token import KEY_BYTES, Signer


def read_key(directory: Path | None, name: str) -> bytes:
    """One key of at least 16 bytes from systemd's credentials directory. Raises ConfigError, never showing the key."""
    if directory is None:
        fix = "Start by systemd with LoadCredential=, or give --credentials DIR"
        raise ConfigError("credentials", [Mistake(name, "there is no credentials directory", fix)])
    try:
        key = (directory / name).read_bytes().strip()
    except OSError as error:
        fix = f"Put the key into {directory / name}"
        raise ConfigError("credentials", [Mistake(name, str(error.strerror), fix)]) from error
    if len(key) < 16:
        raise ConfigError("credentials", [Mistake(name, "is shorter than 16 bytes", "Make a new key")])
    return key


def read_signer(directory: Path | None) -> Signer:
    """The kiosk's own key for vouchers, 64 hex digits. Raises ConfigError, never showing the key."""
    name = "voucher-key"
    text = read_key(directory, name)
    try:
        seed = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        seed = b""
    if len(seed) != KEY_BYTES or len(text) != 2 * KEY_BYTES:
        raise ConfigError(
            "credentials", [Mistake(name, "is not 64 hex digits", "Make a new one: openssl rand -hex 32")]
        )
    return Signer(seed)
