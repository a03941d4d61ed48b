"""Pictures as ESC/POS bytes, for what a printer cannot draw by itself: GS v 0 and ESC * (notes, section 1)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from escpos.constants import ESC, GS

if TYPE_CHECKING:
    from PIL import Image

CODE_128_QUIET = 10
BAND_ROWS = 24
"""Rows of one command; few, so that a question fits between two of them."""


def columns_24(cell: "Image.Image") -> bytes:
    """A 24-dot column image: it stands in the text line like a character."""
    from PIL import Image

    # A column of the cell is a row of its transpose, and rows are what an image's bytes are.
    return b"".join((ESC, b"*", bytes([33, cell.width, 0]), cell.transpose(Image.Transpose.TRANSPOSE).tobytes()))


def raster(picture: "Image.Image", across: int = 1, down: int = 1) -> Iterator[bytes]:
    """The picture (ink white) in bands, each dot `across` x `down` dots; the printer does the doubling."""
    from PIL import Image

    doubling = (across % 2 == 0) | (down % 2 == 0) << 1
    across, down = (across // 2 if across % 2 == 0 else across), (down // 2 if down % 2 == 0 else down)
    large = picture.convert("1").resize((picture.width * across, picture.height * down), Image.Resampling.NEAREST)
    row, data = (large.width + 7) // 8, large.tobytes()
    for top in range(0, large.height, BAND_ROWS):
        rows = min(BAND_ROWS, large.height - top)
        size = row.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield b"".join((GS, b"v0", bytes([doubling]), size, data[top * row : (top + rows) * row]))


def code_128_bars(digits: str) -> "Image.Image":
    """One row of modules of a Code 128 symbol in set C."""
    from barcode.codex import Code128

    return _picture([Code128(digits).build()[0]])


def qr_modules(data: str) -> "Image.Image":
    """The modules of a QR symbol of level M, without its quiet zone."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make()
    return _picture(["".join("01"[module] for module in row) for row in code.get_matrix()])


def _picture(rows: list[str]) -> "Image.Image":
    from PIL import Image

    picture = Image.new("1", (len(rows[0]), len(rows)))
    picture.putdata([255 if module == "1" else 0 for row in rows for module in row])
    return picture
