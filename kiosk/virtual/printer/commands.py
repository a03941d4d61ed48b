"""What a host can tell a receipt printer: one frozen value for each command (ESC/POS notes, sections 1-7)."""

from dataclasses import dataclass
from enum import Enum, auto


class What(Enum):
    """A print mode that one number sets."""

    PRINT_MODE = auto()  # ESC !
    SIZE = auto()  # GS !
    ALIGN = auto()  # ESC a
    LINE_SPACING = auto()  # ESC 2, ESC 3
    BOLD = auto()  # ESC E, ESC G
    UNDERLINE = auto()  # ESC -
    FONT = auto()  # ESC M
    CODE_PAGE = auto()  # ESC t
    NATION = auto()  # ESC R
    CHAR_SPACING = auto()  # ESC SP
    LEFT_MARGIN = auto()  # GS L
    AREA_WIDTH = auto()  # GS W
    INVERT = auto()  # GS B
    UPSIDE_DOWN = auto()  # ESC {
    ROTATE = auto()  # ESC V
    BAR_HEIGHT = auto()  # GS h
    BAR_MODULE = auto()  # GS w
    HRI = auto()  # GS H
    HRI_FONT = auto()  # GS f
    CHINESE = auto()  # FS & and FS .
    CHINESE_MODE = auto()  # FS !
    CHINESE_QUAD = auto()  # FS W
    CHINESE_UNDERLINE = auto()  # FS -
    SELECT = auto()  # ESC =


@dataclass(frozen=True, slots=True)
class Text:
    """One byte that is no command; half a Chinese character, maybe."""

    byte: int


@dataclass(frozen=True, slots=True)
class LineFeed:
    """LF."""


@dataclass(frozen=True, slots=True)
class Return:
    """CR: ignored, as the manuals' default switch setting has it."""


@dataclass(frozen=True, slots=True)
class Tab:
    """HT: to the next multiple of eight columns."""


@dataclass(frozen=True, slots=True)
class ToMark:
    """FF or GS FF: on paper with black marks, feed to the next one (section 7)."""


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @: the line buffer and the modes, not the receive buffer (section 1)."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One print mode set to `n`."""

    what: What
    n: int


@dataclass(frozen=True, slots=True)
class ChineseSpacing:
    """FS S: dots to the left and to the right of a Chinese character."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class FeedLines:
    """ESC d."""

    lines: int


@dataclass(frozen=True, slots=True)
class FeedDots:
    """ESC J."""

    dots: int


@dataclass(frozen=True, slots=True)
class Move:
    """ESC $ (absolute) or ESC \\ (relative, signed), in dots."""

    dots: int
    absolute: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V: function A cuts at the present position (`feed` is None), B feeds to the cutter plus `feed` dots."""

    full: bool
    feed: int | None


@dataclass(frozen=True, slots=True)
class RasterRow:
    """One row of GS v 0; a printer prints it as it comes. `mode` bit 0 doubles the width, bit 1 the height."""

    mode: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Graphics:
    """GS ( L or GS 8 L with its parameters."""

    body: bytes


@dataclass(frozen=True, slots=True)
class ColumnImage:
    """ESC *: a strip 24 dots high that stands in the text line."""

    mode: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Barcode:
    """GS k, function A or B; system 73 is Code 128."""

    system: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Qr:
    """GS ( k for symbol 49: function and the bytes after it (section 3)."""

    function: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ignored:
    """A command that a printer knows and that leaves no dot: the beeper, the panel keys, the drawer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Unknown:
    """A command that this printer does not know."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AskStatus:
    """GS r, answered when the queue reaches it (section 5.2)."""

    n: int


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """GS a (section 5.3)."""

    n: int


@dataclass(frozen=True, slots=True)
class Identify:
    """GS I (section 5.5)."""

    n: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """GS ( H function 48 (section 6)."""

    id: bytes


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """DLE EOT n (section 5.1)."""

    n: int


@dataclass(frozen=True, slots=True)
class Recover:
    """DLE ENQ n: 1 resumes, 2 drops the buffers and resumes (section 5.6)."""

    n: int


@dataclass(frozen=True, slots=True)
class ClearBuffers:
    """DLE DC4 8 (section 5.6)."""


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """DLE DC4 2 (section 5.6)."""


@dataclass(frozen=True, slots=True)
class RealTimePulse:
    """DLE DC4 1 (section 5.6)."""


RealTime = RealTimeStatus | Recover | ClearBuffers | SwitchOff | RealTimePulse
StatusTraffic = AskStatus | AutoStatus | Identify | ProcessId
Printing = (
    Text
    | LineFeed
    | Return
    | Tab
    | ToMark
    | Initialise
    | Mode
    | ChineseSpacing
    | FeedLines
    | FeedDots
    | Move
    | Cut
    | RasterRow
    | Graphics
    | ColumnImage
    | Barcode
    | Qr
    | Ignored
    | Unknown
)
Command = RealTime | StatusTraffic | Printing
