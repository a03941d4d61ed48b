"""What a model of printer has, as the configuration or python-escpos' database says."""

from collections.abc import Sequence
from pathlib import Path

from drivers.escpos.library import CAPABILITIES, get_profile
from kiosk.frozen import dataclass
from kiosk.ports import COLUMNS

RARE_FONTS = (
    Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
"""Where Debian's packages fonts-babelstone-han and fonts-hanazono put the characters of rare names."""
DOTS = {58: 384, 80: 576}
DOTS_A_COLUMN = 12


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model of printer has: paper, character ROM (ascii, gb2312, gbk or gb18030), codes of its own."""

    paper_mm: int = 58
    charset: str = "gbk"
    own_barcode: bool = True
    own_qr: bool = True
    fonts: Sequence[Path] = RARE_FONTS
    """What the ROM lacks is drawn from these."""
    cuts: bool = True
    """It knows GS V, which feeds to the tear bar where there is no cutter. False: that may feed nothing."""
    own_columns: int | None = None
    """Where the paper's width alone does not tell."""

    @property
    def dots(self) -> int:
        """Across the paper."""
        return DOTS[self.paper_mm] if self.own_columns is None else self.own_columns * DOTS_A_COLUMN

    @property
    def columns(self) -> int:
        """Across the paper, at magnification 1."""
        return self.own_columns or COLUMNS[self.paper_mm]


USUAL = Abilities()


def own_codes(profile: str) -> tuple[bool, bool]:
    """Whether a model of python-escpos' database draws Code 128 and QR by itself. Raises KeyError."""
    model = get_profile(profile)
    return model.supports("barcodeB"), model.supports("qrCode")


def cuts(profile: str) -> bool:
    """Whether a model has a cutter. Raises KeyError."""
    model = get_profile(profile)
    return bool(model.supports("paperFullCut") or model.supports("paperPartCut"))


def profiles() -> list[str]:
    """The models that python-escpos' database has."""
    return list(CAPABILITIES["profiles"])
