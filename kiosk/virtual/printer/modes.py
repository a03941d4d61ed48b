"""The print modes in force, and how one command changes them (ESC/POS notes, sections 1, 2 and 4)."""

from dataclasses import dataclass, replace

from kiosk.virtual.printer.commands import What
from kiosk.virtual.printer.strips import Style

LEFT, CENTRE, RIGHT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Modes:
    """Sizes are magnifications, the rest dots unless said."""

    chinese: bool
    area: int
    across: int = 1
    down: int = 1
    chinese_across: int = 1
    chinese_down: int = 1
    align: int = LEFT
    spacing: int = 30
    bold: bool = False
    underline: int = 0
    chinese_underline: int = 0
    font: str = "A"
    code_page: int = 0
    char_spacing: int = 0
    chinese_left: int = 0
    chinese_right: int = 0
    margin: int = 0
    invert: bool = False
    upside_down: bool = False
    rotate: bool = False
    bar_height: int = 162
    bar_module: int = 3
    hri: int = 0
    hri_font: str = "A"

    @property
    def latin(self) -> Style:
        return Style(self.across, self.down, self.bold, self.underline, self.invert, self.rotate)

    @property
    def han(self) -> Style:
        underline = self.chinese_underline
        return Style(self.chinese_across, self.chinese_down, self.bold, underline, self.invert, self.rotate)


def changed(modes: Modes, what: What, n: int, *, line_start: bool) -> Modes:
    """The modes after `what` is set to `n`; alignment and upside-down take effect only at a line's start."""
    match what:
        case What.PRINT_MODE:
            return _print_mode(modes, n)
        case What.SIZE:
            across, down = 1 + (n >> 4 & 7), 1 + (n & 7)
            return replace(modes, across=across, down=down, chinese_across=across, chinese_down=down)
        case What.CHINESE_MODE:
            across, down = 1 + (n >> 2 & 1), 1 + (n >> 3 & 1)
            return replace(modes, chinese_across=across, chinese_down=down, chinese_underline=n >> 7 & 1)
        case What.CHINESE_QUAD:
            return replace(modes, chinese_across=1 + (n & 1), chinese_down=1 + (n & 1))
        case What.ALIGN if line_start and n & 0x0F < 3:
            return replace(modes, align=n & 0x0F)
        case What.UPSIDE_DOWN if line_start:
            return replace(modes, upside_down=bool(n & 1))
        case _:
            return _bar_mode(modes, what, n) or _text_mode(modes, what, n)


def _print_mode(modes: Modes, n: int) -> Modes:
    """ESC ! bits: 0 font, 3 bold, 4 double height, 5 double width, 7 underline."""
    return replace(
        modes,
        font="AB"[n & 1],
        bold=bool(n & 0x08),
        down=2 if n & 0x10 else 1,
        across=2 if n & 0x20 else 1,
        underline=1 if n & 0x80 else 0,
    )


def _bar_mode(modes: Modes, what: What, n: int) -> Modes | None:
    match what:
        case What.BAR_HEIGHT:
            return replace(modes, bar_height=n) if n else modes
        case What.BAR_MODULE:
            return replace(modes, bar_module=n) if 1 <= n <= 6 else modes
        case What.HRI:
            return replace(modes, hri=n & 3)
        case What.HRI_FONT:
            return replace(modes, hri_font="AB"[n & 1])
        case _:
            return None


def _text_mode(modes: Modes, what: What, n: int) -> Modes:
    match what:
        case What.LINE_SPACING:
            return replace(modes, spacing=n)
        case What.BOLD:
            return replace(modes, bold=bool(n & 1))
        case What.UNDERLINE:
            return replace(modes, underline=n & 0x0F) if n & 0x0F < 3 else modes
        case What.CHINESE_UNDERLINE:
            return replace(modes, chinese_underline=n & 0x0F) if n & 0x0F < 3 else modes
        case What.FONT:
            return replace(modes, font="AB"[n & 1])
        case What.CODE_PAGE:
            return replace(modes, code_page=n)
        case What.CHAR_SPACING:
            return replace(modes, char_spacing=n)
        case What.INVERT:
            return replace(modes, invert=bool(n & 1))
        case What.ROTATE:
            return replace(modes, rotate=bool(n & 1))
        case _:
            return _area_mode(modes, what, n)


def _area_mode(modes: Modes, what: What, n: int) -> Modes:
    match what:
        case What.CHINESE:
            return replace(modes, chinese=bool(n))
        case What.LEFT_MARGIN:
            return replace(modes, margin=n)
        case What.AREA_WIDTH:
            return replace(modes, area=n)
        case _:
            return modes
