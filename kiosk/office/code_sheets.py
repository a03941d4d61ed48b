"""Staff codes and badges as pages to be printed and laminated: large, in Chinese and English, by what is done when."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.frozen import dataclass

if TYPE_CHECKING:
    from PIL import Image, ImageFont

DPI = 200
_A4_MM = 210, 297
CODE_MM, COLUMNS, ROWS = 38, 3, 5
MARGIN_MM, HEAD_MM, FOOT_MM = 12, 16, 10


@dataclass(frozen=True, slots=True)
class Code:
    """What a QR says, and the two lines below it."""

    text: str
    chinese: str
    english: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    codes: tuple[Code, ...]


def write_pdf(groups: Sequence[Group], foot: str, file: Path, font: Path | None) -> int:
    """How many pages. Only its owner may read it, as whoever has a code acts as staff. Raises OSError."""
    pages = [_page(group.title, codes, foot, font) for group in groups for codes in _pagefuls(group.codes)]
    file.touch(mode=0o600)
    file.chmod(0o600)
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return len(pages)


def _pagefuls(codes: Sequence[Code]) -> Iterator[Sequence[Code]]:
    most = COLUMNS * ROWS
    yield from (codes[at : at + most] for at in range(0, len(codes), most))


def _page(title: str, codes: Sequence[Code], foot: str, font: Path | None) -> "Image.Image":
    from PIL import Image, ImageDraw

    page = Image.new("L", (_dots(_A4_MM[0]), _dots(_A4_MM[1])), 255)
    draw = ImageDraw.Draw(page)
    draw.text((_dots(MARGIN_MM), _dots(MARGIN_MM)), title, fill=0, font=_font(font, 9))
    draw.text((_dots(MARGIN_MM), _dots(_A4_MM[1] - FOOT_MM)), foot, fill=0, font=_font(font, 3.5))
    for code, (left, top) in zip(codes, _places(), strict=False):
        page.paste(_qr(code.text), (_dots(left), _dots(top)))
        middle = _dots(left + CODE_MM / 2)
        draw.text((middle, _dots(top + CODE_MM + 3)), code.chinese, fill=0, font=_font(font, 5.5), anchor="mm")
        draw.text((middle, _dots(top + CODE_MM + 8)), code.english, fill=0, font=_font(font, 3.5), anchor="mm")
    return page


def _places() -> Iterator[tuple[float, float]]:
    """The upper left corner of each code, mm; between two there is room for a scanner to see one alone."""
    wide = (_A4_MM[0] - 2 * MARGIN_MM) / COLUMNS
    high = (_A4_MM[1] - 2 * MARGIN_MM - HEAD_MM) / ROWS
    for at in range(COLUMNS * ROWS):
        row, column = divmod(at, COLUMNS)
        yield MARGIN_MM + column * wide + (wide - CODE_MM) / 2, MARGIN_MM + HEAD_MM + row * high


def _qr(text: str) -> "Image.Image":
    import qrcode

    code = qrcode.QRCode(border=2, box_size=10)
    code.add_data(text)
    picture: Image.Image = code.make_image().get_image().convert("L").resize((_dots(CODE_MM),) * 2)
    return picture


def _font(file: Path | None, mm: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    return ImageFont.load_default(_dots(mm)) if file is None else ImageFont.truetype(str(file), _dots(mm))


def _dots(mm: float) -> int:
    return round(mm / 25.4 * DPI)
