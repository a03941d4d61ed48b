"""Base45 (RFC 9285): bytes as text of the alphabet that a QR code packs closest."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def encode(data: bytes) -> str:
    """Two bytes to three characters, a last odd byte to two."""
    return "".join(_group(data[at : at + 2]) for at in range(0, len(data), 2))


def decode(text: str) -> bytes:
    """Raises ValueError for any text that `encode` does not make."""
    return b"".join(_bytes(text[at : at + 3]) for at in range(0, len(text), 3))


def _group(data: bytes) -> str:
    value = int.from_bytes(data, "big")
    digits = (value % 45, value // 45 % 45, value // 2025)
    return "".join(_ALPHABET[digit] for digit in digits[: len(data) + 1])


def _bytes(group: str) -> bytes:
    if len(group) == 1:
        raise ValueError("the last character stands alone")
    value = 0
    for character in reversed(group):
        value = 45 * value + _ALPHABET.index(character)
    try:
        return value.to_bytes(len(group) - 1, "big")
    except OverflowError as error:
        raise ValueError("a group is larger than its bytes") from error
