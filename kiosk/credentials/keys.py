"""Public keys that the point trusts, as values; the bytes of its files come from outside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from kiosk.frozen import dataclass

MOST_UNNAMED = 32
"""Keys without a key id: each is tried on each code, at a tenth of a millisecond or more."""

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PublicKey: TypeAlias = "Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey"


class NotKeys(ValueError):  # noqa: N818 - says what the file is not
    """A file that holds no public keys of the kinds that are used; the message says which part."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key. `kid` is empty for a bare public key, which any key id may name; `uses` says for which certificates
    (t, v, r) it may sign, empty for any."""

    kid: bytes
    key: PublicKey
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trust:
    """Keys by key id."""

    keys: Mapping[bytes, tuple[TrustedKey, ...]]

    def named(self, kid: bytes) -> tuple[TrustedKey, ...]:
        return self.keys.get(kid) or self.keys.get(b"", ())

    def __len__(self) -> int:
        return sum(map(len, self.keys.values()))


def trust_of(keys: list[TrustedKey]) -> Trust:
    kids = {each.kid for each in keys}
    return Trust({kid: tuple(each for each in keys if each.kid == kid) for kid in kids})
