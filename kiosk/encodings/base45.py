"""Base45 (RFC 9285): bytes as text of the alphabet that a QR code packs closest."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS = [low + high for high in _ALPHABET for low in _ALPHABET]


def encode(data: bytes) -> str:
    """Two bytes to three characters, a last odd byte to two."""
    whole = len(data) // 2 * 2
    words = (high << 8 | low for high, low in zip(data[:whole:2], data[1:whole:2], strict=True))
    text = "".join(_PAIRS[word % 2025] + _ALPHABET[word // 2025] for word in words)
    return text + "".join(_PAIRS[byte] for byte in data[whole:])


def decode(text: str) -> bytes:
    """Raises ValueError for any text that `encode` does not make."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise ValueError("a character not found in the alphabet") from None
    rest = values[len(values) // 3 * 3 :]
    if len(rest) == 1:
        raise ValueError("the last character stands alone")
    try:
        words = zip(values[::3], values[1::3], values[2::3], strict=False)
        data = b"".join([(low + 45 * middle + 2025 * high).to_bytes(2, "big") for low, middle, high in words])
        return data + (bytes([rest[0] + 45 * rest[1]]) if rest else b"")
    except (OverflowError, ValueError):
        raise ValueError("a group is larger than its bytes") from None


def capitals(text: str) -> str:
    """As it was before Caps Lock: the alphabet has no small letters. Other characters than ASCII stay, as some have
    capitals of the alphabet."""
    return text.upper() if text.isascii() else text
