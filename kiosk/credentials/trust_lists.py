"""Trust lists: PEM or DER files of certificates and public keys. Apart, as X.509 costs 5 MB that few points need."""

import base64
import hashlib

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kiosk.credentials.keys import MOST_UNNAMED, NotKeys, PublicKey, Trust, TrustedKey, trust_of

_PEM_BEGIN, _PEM_END = b"-----BEGIN ", b"-----END "
_USES = {
    f"1.3.6.1.4.1.{arc}1847.2021.1.{number}": use
    for arc in ("", "0.")
    for number, use in ((1, "t"), (2, "v"), (3, "r"))
}
"""Extended key usage of a signer of COVID certificates; issuers have written the arc in two ways."""


def read_trust_list(data: bytes) -> Trust:
    """PEM (any number of certificates and public keys) or one of them in DER. Raises NotKeys."""
    parts = _pem_parts(data) if _PEM_BEGIN in data else [data]
    trust = trust_of([_trusted(part, number) for number, part in enumerate(parts, start=1)])
    if len(trust.keys.get(b"", ())) > MOST_UNNAMED:
        raise NotKeys(f"has more than {MOST_UNNAMED} bare public keys; certificates have key ids")
    return trust


def _pem_parts(data: bytes) -> list[bytes]:
    parts = []
    for block in data.split(_PEM_BEGIN)[1:]:
        body = block.partition(_PEM_END)[0].partition(b"-----")[2]
        try:
            parts.append(base64.b64decode(b"".join(body.split()), validate=True))
        except ValueError:
            raise NotKeys(f"part {len(parts) + 1} is not PEM") from None
    return parts


def _trusted(der: bytes, number: int) -> TrustedKey:
    try:
        return _of_certificate(der)
    except (ValueError, UnsupportedAlgorithm):
        pass
    try:
        return TrustedKey(b"", _usable(load_der_public_key(der)))
    except (ValueError, UnsupportedAlgorithm):
        raise NotKeys(f"part {number} is neither a certificate nor a public key of EC P-256, RSA or Ed25519") from None


def _of_certificate(der: bytes) -> TrustedKey:
    """The key id is the first 8 bytes of the certificate's SHA-256."""
    certificate = x509.load_der_x509_certificate(der)
    return TrustedKey(hashlib.sha256(der).digest()[:8], _usable(certificate.public_key()), _uses(certificate))


def _uses(certificate: x509.Certificate) -> frozenset[str]:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        # Signers' certificates exist whose list of extensions is there and empty; X.509 forbids that.
        return frozenset()
    return frozenset(_USES[each.dotted_string] for each in usage if each.dotted_string in _USES)


def _usable(key: object) -> PublicKey:
    match key:
        case Ed25519PublicKey():
            return key
        case ec.EllipticCurvePublicKey() if key.curve.name == "secp256r1":
            return key
        case rsa.RSAPublicKey() if 2048 <= key.key_size <= 4096:
            return key
    raise ValueError
