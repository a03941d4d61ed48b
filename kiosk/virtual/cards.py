"""Identity cards as a reader's module sees them: the text block, the photo and the fingerprints on the chip."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TEXT_SIZE: Final = 256
PHOTO_SIZE: Final = 1024
ADDRESS_SIZE: Final = 70
FINGERPRINT_SIZES: Final = (0, 512, 1024)
PERMANENT: Final = "长期"
_SPACE: Final = " ".encode("utf-16-le")


class CardKind(StrEnum):
    """The character at text offset 248 (ID-card module notes, section 6)."""

    RESIDENT = " "
    HK_MACAO_TAIWAN = "J"
    FOREIGNER_2017 = "I"
    FOREIGNER_2023 = "Y"


@dataclass(frozen=True, slots=True)
class _Field:
    """One row of the tables of sections 6.1-6.4: where a card's attribute lies, in bytes; `skip` in characters."""

    offset: int
    size: int
    attribute: str
    skip: int = 0


_COMMON: Final = (
    _Field(0, 30, "name"),
    _Field(30, 2, "sex"),
    _Field(36, 16, "birth"),
    _Field(122, 36, "number"),
    _Field(188, 16, "valid_from"),
    _Field(204, 16, "valid_to"),
    _Field(248, 2, "kind"),
)
_HOUSEHOLD: Final = (*_COMMON, _Field(52, 70, "address"), _Field(158, 30, "authority"))
_LAYOUTS: Final[dict[CardKind, tuple[_Field, ...]]] = {
    CardKind.RESIDENT: (*_HOUSEHOLD, _Field(32, 4, "nation")),
    CardKind.HK_MACAO_TAIWAN: (*_HOUSEHOLD, _Field(220, 18, "travel_permit"), _Field(238, 4, "times_issued")),
    CardKind.FOREIGNER_2017: (
        _Field(0, 120, "english_name"),
        _Field(120, 2, "sex"),
        _Field(122, 30, "number"),
        _Field(152, 6, "nationality"),
        _Field(158, 30, "name"),
        _Field(188, 16, "valid_from"),
        _Field(204, 16, "valid_to"),
        _Field(220, 16, "birth"),
        _Field(236, 4, "version"),
        _Field(240, 8, "authority"),
        _Field(248, 2, "kind"),
    ),
    CardKind.FOREIGNER_2023: (
        *_COMMON,
        _Field(32, 4, "times_issued"),
        _Field(52, 70, "english_name"),
        _Field(220, 22, "english_name", skip=35),
        _Field(242, 6, "nationality"),
        _Field(250, 6, "link"),
    ),
}
# A name that goes on in a second field may be longer than its first.
_SPLIT_FIELDS: Final = frozenset({(CardKind.FOREIGNER_2023, 52)})


@dataclass(frozen=True, slots=True, repr=False)
class IdCard:
    """A card with the fields of ID-card module notes, sections 6.1-6.4; a field its kind does not have is not written.

    `name` is the Chinese name, `valid_from` also the day of issue, `times_issued` also the times renewed,
    `authority` of a 2017 card the 4-digit code. ValueError if a field is too long or a data block has a wrong size.
    """

    number: str
    name: str = ""
    kind: CardKind = CardKind.RESIDENT
    sex: str = "1"
    birth: str = ""
    nation: str = "01"
    address: str = ""
    authority: str = ""
    valid_from: str = ""
    valid_to: str = ""
    travel_permit: str = ""
    times_issued: str = ""
    english_name: str = ""
    nationality: str = ""
    version: str = ""
    link: str = ""
    newest_address: str = ""
    photo: bytes = bytes(PHOTO_SIZE)
    fingerprints: bytes = b""

    def __post_init__(self) -> None:
        if len(self.photo) not in (0, PHOTO_SIZE) or len(self.fingerprints) not in FINGERPRINT_SIZES:
            raise ValueError("a photo has 1024 bytes, fingerprints 0, 512 or 1024")
        self.text_block()
        self.address_block()

    def __repr__(self) -> str:
        return f"IdCard({self.kind.name})"

    def text_block(self) -> bytes:
        """The 256 bytes of text, UTF-16LE, each field filled with spaces (ID-card module notes, section 6)."""
        block = bytearray(_SPACE * (TEXT_SIZE // 2))
        for field in _LAYOUTS[self.kind]:
            block[field.offset : field.offset + field.size] = self._encode(field)
        return bytes(block)

    def address_block(self) -> bytes:
        """The 70 bytes of the newest address; empty if the card has none (command 30 03)."""
        return _fill(self.newest_address, ADDRESS_SIZE, "newest_address") if self.newest_address else b""

    def _encode(self, field: _Field) -> bytes:
        text = str(getattr(self, field.attribute))[field.skip :]
        if (self.kind, field.offset) in _SPLIT_FIELDS:
            text = text[: field.size // 2]
        return _fill(text, field.size, field.attribute)


def _fill(text: str, size: int, attribute: str) -> bytes:
    # surrogatepass: a chip may hold half a pair, and the far end hands on what the chip holds.
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) > size:
        # The text itself stays out of the message: it may be a name.
        raise ValueError(f"{attribute} has {len(encoded)} bytes, the field {size}")
    return encoded + _SPACE * ((size - len(encoded)) // 2)
