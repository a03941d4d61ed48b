"""Keys from systemd's credentials directory, into memory only."""

import hashlib
import hmac
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.app.addressing import address_of
from kiosk.config import Config, ConfigError, Mistake
from kiosk.journal import Begun, Journal
from kiosk.model.orders import BeginRound
from kiosk.vouchers.token import KEY_BYTES, Signer

if TYPE_CHECKING:
    from kiosk.credentials.sealing import Authority

FINGERPRINT_BYTES = 8
FIXES = (
    "Put the round's key back, the same at all kiosks; or begin a new round: point.round in the configuration",
    "Put this kiosk's own key back; or begin a new round with a new one, and give its public key to the guards",
    "Put point.region, point.point and point.kiosk back; or begin a new round: point.round in the configuration",
)


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


def read_round_key(config: Config, directory: Path | None) -> bytes:
    """Of the round that holds: sealed in the order that began it, else among the credentials. Raises ConfigError."""
    begun = config.begun
    if begun is None:
        return read_key(directory, "round-key")
    place = address_of(config).place
    key = opened_round_key(begun, place, read_seed(directory))
    if key is None:
        fix = "Put back this kiosk's own voucher-key, or name the round and its round-key in the configuration"
        raise ConfigError("credentials", [Mistake("round-key", f"the key of round {begun.round} does not open", fix)])
    return key


def opened_round_key(begun: BeginRound, place: str, seed: bytes) -> bytes | None:
    """By the seed of this table's voucher-key; None where it was not sealed for this table."""
    from kiosk.credentials.round_keys import NotForHere, opened

    try:
        return opened(begun.key, seed, place)
    except NotForHere:
        return None


def mark_of(round_key: bytes, round_id: str) -> str:
    """By which the tables of a point tell whether they have one round key; it tells nothing of the key. The journal
    keeps it too, for a stick."""
    return _fingerprint(round_key, round_id).hex()


def _fingerprint(round_key: bytes, round_id: str) -> bytes:
    return hmac.digest(round_key, f"round:{round_id}".encode(), hashlib.sha256)[:FINGERPRINT_BYTES]


def check_keys(journal: Journal, round_id: str, round_key: bytes, signer: Signer, place: str = "") -> None:
    """Raises ConfigError if the round was begun here with other keys, as nobody who came would be known again, or at
    another `place`, as nobody's identity would be opened as of there."""
    known = journal.keys(_fingerprint(round_key, round_id), signer.public_key, place)
    wrong = [
        Mistake(name, f"is not the one with which round {round_id} was begun here", fix)
        for name, same, fix in zip(("round-key", "voucher-key", "point"), known, FIXES, strict=True)
        if not same
    ]
    if wrong:
        raise ConfigError("credentials", wrong)


def begun_by(round_key: bytes, round_id: str, signer: Signer, place: str) -> Begun:
    """As the journal keeps it."""
    return Begun(_fingerprint(round_key, round_id), signer.public_key, place)


def read_signer(directory: Path | None) -> Signer:
    """The kiosk's own key for vouchers, 64 hex digits. Raises ConfigError, never showing the key."""
    return Signer(read_seed(directory))


def read_seed(directory: Path | None) -> bytes:
    """Of which the voucher-key is made. Raises ConfigError, never showing it."""
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
    return seed


def read_authority(file: Path | None, place: str) -> "Authority | None":
    """For whom identities are sealed; None if the point has nobody. Raises ConfigError."""
    if file is None:
        return None
    from kiosk.credentials.sealing import Authority, public_key_of

    fix = "Name the public key that `kiosk records key` made at the authority"
    try:
        return Authority(public_key_of(file.read_bytes()), place)
    except OSError as error:
        raise ConfigError("config", [Mistake("records.authority_key", f"{file}: {error.strerror}", fix)]) from error
    except ValueError as error:
        raise ConfigError("config", [Mistake("records.authority_key", f"{file}: {error}", fix)]) from error
