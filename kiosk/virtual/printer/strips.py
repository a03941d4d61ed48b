"""What the head burns, row by row, described but not yet drawn: drawing is slow and must not delay an answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How one character looks."""

    across: int = 1
    down: int = 1
    bold: bool = False
    underline: int = 0
    invert: bool = False
    rotate: bool = False


@dataclass(frozen=True, slots=True)
class Character:
    """A character of font `A`, `B` or `chinese`; an empty `char` is one that the ROM lacks."""

    char: str
    font: str
    style: Style
    left_space: int = 0
    right_space: int = 0


@dataclass(frozen=True, slots=True)
class Bits:
    """Packed rows, most significant bit left, 1 is black; each dot is drawn `across` x `down`."""

    data: bytes
    width: int
    height: int
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """ESC * data: `per_column` bytes each, top bit first; each dot is drawn `across` x `down`."""

    data: bytes
    per_column: int
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The modules of a Code 128, `module` dots wide and `height` dots high."""

    modules: tuple[bool, ...]
    module: int
    height: int


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """A QR code of `side` modules, to be worked out when it is drawn."""

    data: bytes
    level: int
    module: int
    side: int


Ink = Character | Bits | Columns | Bars | QrSymbol


@dataclass(frozen=True, slots=True)
class Placed:
    """Ink and its upper left corner, in dots from the left edge and the strip's first row."""

    x: int
    y: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class Strip:
    """`rows` dot rows of paper; the fields after `ink` are what a test wants to know of it."""

    rows: int
    ink: tuple[Placed, ...] = ()
    upside_down: bool = False
    text: bytes = b""
    barcode: str | None = None
    qr: bytes | None = None
