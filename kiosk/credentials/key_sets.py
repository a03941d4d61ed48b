"""JWK sets (RFC 7517), as issuers of health cards publish their keys."""

import base64
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.credentials.keys import NotKeys, Trust, TrustedKey, trust_of


def read_key_set(data: bytes) -> Trust:
    """A JWK set (RFC 7517); its EC P-256 keys go by the key id written there. Raises NotKeys."""
    try:
        keys = json.loads(data)["keys"]
        wanted = [each for each in keys if (each.get("kty"), each.get("crv")) == ("EC", "P-256")]
        found = [TrustedKey(each["kid"].encode(), _of_jwk(each)) for each in wanted]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotKeys("is not a set of JSON web keys") from None
    if not found:
        raise NotKeys("has no key of EC P-256")
    return trust_of(found)


def _of_jwk(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[each] + "=="), "big") for each in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
