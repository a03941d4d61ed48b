"""Barcodes and QR codes: the printer's own commands where it has them, else pictures."""

from collections.abc import Iterator

from escpos.constants import BARCODE_HEIGHT, BARCODE_TXT_OFF, BARCODE_TYPES, BARCODE_WIDTH, QR_ECLEVEL_M

from drivers.escpos.abilities import Abilities
from drivers.escpos.library import Escpos
from drivers.escpos.raster import CODE_128_QUIET, code_128_bars, qr_modules, raster
from kiosk.ports import Barcode, QrCode

CODE_C = b"{C"
QR_HEADER_BITS = 20
"""Mode and length of a QR symbol that holds bytes; how a printer packs them is its own affair, this is the worst."""
# fmt: off
QR_DATA_WORDS = (
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669,
    714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216, 2334,
)
# fmt: on
"""What a symbol of each version, from 1 on, holds at level M (ISO 18004, table 7)."""


class _Recorder(Escpos):  # type: ignore[misc]
    """python-escpos writing into memory."""

    def __init__(self) -> None:
        super().__init__(profile="default")
        self.written = bytearray()

    def _raw(self, msg: bytes) -> None:
        self.written += msg


class Symbols:
    """The symbols of one model."""

    def __init__(self, abilities: Abilities) -> None:
        self._abilities = abilities
        self._recorder = _Recorder()

    def barcode(self, barcode: Barcode) -> Iterator[bytes]:
        """Code 128, function B, set C: each byte is the value of two digits. Raises ValueError if it does not fit."""
        values = bytes(int(barcode.digits[at : at + 2]) for at in range(0, len(barcode.digits), 2))
        modules, dots = 11 * (len(values) + 2) + 13 + 2 * CODE_128_QUIET, self._abilities.dots
        if len(barcode.digits) % 2 or modules * barcode.module > dots:
            raise ValueError(f"a Code 128 of {len(barcode.digits)} digits does not fit {dots} dots")
        if not self._abilities.own_barcode:
            yield from raster(code_128_bars(barcode.digits), barcode.module, barcode.height)
            return
        data = CODE_C + values
        size = BARCODE_HEIGHT + bytes([barcode.height]) + BARCODE_WIDTH + bytes([barcode.module])
        yield b"".join((size, BARCODE_TXT_OFF, BARCODE_TYPES["B"]["CODE128"], bytes([len(data)]), data))

    def qr(self, qr: QrCode) -> Iterator[bytes]:
        """Level M; smaller modules where it would not fit."""
        if not self._abilities.own_qr:
            modules = qr_modules(qr.data)
            size = min(qr.module, self._abilities.dots // modules.width)
            yield from raster(modules, size, size)
            return
        self._recorder.written.clear()
        size = min(qr.module, self._abilities.dots // qr_side(len(qr.data.encode())))
        self._recorder.qr(qr.data, ec=QR_ECLEVEL_M, size=size, native=True)
        yield bytes(self._recorder.written)


def qr_side(size: int) -> int:
    """Modules across a level M symbol that holds so many bytes. Raises ValueError if there is none."""
    for version, words in enumerate(QR_DATA_WORDS, 1):
        if QR_HEADER_BITS + 8 * size <= 8 * words:
            return 17 + 4 * version
    raise ValueError(f"no QR symbol holds {size} bytes")
