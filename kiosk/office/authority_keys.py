"""The authority's two keys: the public one goes to every kiosk, the private one opens what they sealed."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

PUBLIC, PRIVATE = "authority.pem", "authority-private.pem"


class KeyFileError(Exception):
    """A key file that cannot be used; says why and never what stands in it."""


def make(folder: Path, passphrase: bytes | None) -> None:
    """Both files. Raises KeyFileError where one is there already, OSError."""
    for name in (PUBLIC, PRIVATE):
        if (folder / name).exists():
            raise KeyFileError(f"{folder / name} is there already: what it opens would never be opened again")
    key = X25519PrivateKey.generate()
    kept = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private = folder / PRIVATE
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
    (folder / PUBLIC).write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def pair() -> tuple[bytes, bytes]:
    """A private key and its public one, 32 bytes each, for who keeps them in memory only."""
    key = X25519PrivateKey.generate()
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def read_private(file: Path, passphrase: bytes | None) -> bytes:
    """Its 32 bytes. Raises KeyFileError."""
    try:
        key = load_pem_private_key(file.read_bytes(), passphrase)
    except OSError as error:
        raise KeyFileError(f"{file}: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError(f"{file} is no private key, or its passphrase is another") from None
    except TypeError:
        raise KeyFileError(f"{file}: has a passphrase, or has none and one was given") from None
    if not isinstance(key, X25519PrivateKey):
        raise KeyFileError(f"{file} is a key of another kind: `kiosk records key` makes the right one")
    return key.private_bytes_raw()
