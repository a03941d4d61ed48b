"""Every slip of a thousand residents reads back: the text cell by cell, the codes by two decoders.

`make test` takes the first hundred, `make readback` all.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context

import pytest
import zxingcpp
from PIL import Image, ImageOps
from pyzbar import pyzbar

from drivers.escpos.encoder import SlipEncoder
from kiosk.ports import Document
from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.slips import Torn, drawn, joined
from readback.reading import Found, read_text
from readback.residents import FONTS, Model, Resident, documents, models, resident, sorts

CHUNK = 25
QUIET = 24
ZBAR_NAMES = {"CODE128": "Code128", "QRCODE": "QRCode"}
LATE_S = 30.0

pytestmark = pytest.mark.skipif(
    not all(font.exists() for font in FONTS), reason="no fonts for rare names (Debian package fonts-hanazono)"
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, metafunc.config.getoption("--residents"), CHUNK))


@pytest.fixture(scope="module")
def zbar() -> Iterator[ProcessPoolExecutor]:
    """A process of its own: on some payloads ZBar ends the whole of it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as child:
        yield child


@lru_cache
def encoder(model: Model) -> SlipEncoder:
    return SlipEncoder(model.abilities)


def printed(model: Model, slips: tuple[Document, ...]) -> list[Torn]:
    """The slips one after the other from one roll, printed in no time."""
    torn: list[Torn] = []
    machine = Machine(model.settings, lambda _at, _answer: None, torn.append)
    for slip in slips:
        machine.take(encoder(model).encode(slip), 0.0)
    machine.advance(1e6)
    return torn


def paper(who: Resident, torn: list[Torn]) -> Image.Image:
    """Label and voucher, not yet torn apart, with the edge of the roll that the head does not reach."""
    pictures = [drawn(each, who.model.settings.width).image for each in torn]
    return ImageOps.expand(joined(pictures).convert("L"), (QUIET, 0), 255)


def codes(who: Resident) -> list[tuple[str, bytes]]:
    return [("Code128", who.code.encode()), ("QRCode", who.token.encode())]


def by_zxing(image: Image.Image) -> list[tuple[str, bytes]]:
    """Upright and black on white, as a slip is."""
    found = zxingcpp.read_barcodes(image, try_rotate=False, try_downscale=False, try_invert=False)
    return sorted((each.format.name, each.bytes) for each in found)


def by_zbar(image: Image.Image, child: ProcessPoolExecutor) -> "Future[list[pyzbar.Decoded]]":
    pixels = (image.tobytes(), *image.size)
    return child.submit(pyzbar.decode, pixels, [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE])


def test_every_slip_reads_back(first: int, zbar: ProcessPoolExecutor) -> None:
    """Label and voucher of each resident: every character in its place, and both decoders read just the two codes."""
    for number in range(first, first + CHUNK):
        who = resident(number)
        slips = documents(who)
        torn = printed(who.model, slips)
        image = paper(who, torn)
        reading = by_zbar(image, zbar)
        assert len(torn) == len(slips)
        for slip, document in zip(torn, slips, strict=True):
            read_text(slip, document, who.model)
        assert by_zxing(image) == codes(who), f"resident {number}"
        found = sorted((ZBAR_NAMES[each.type], each.data) for each in reading.result(LATE_S))
        assert found == codes(who), f"resident {number}, {who.model}"


def found_of(number: int) -> Found:
    who = resident(number)
    slips = documents(who)[1:]
    (torn,) = printed(who.model, slips)
    return read_text(torn, slips[0], who.model)


def test_the_residents_are_what_they_are_meant_to_be() -> None:
    """Names of one to four lines and more; every character ROM lacks something, and without fonts nothing is drawn."""
    found = {number: found_of(number) for number in range(len(sorts()))}
    lines = Counter(each.lines for each in found.values())
    assert set(lines) >= {1, 2, 3, 4}
    drawing = {resident(number).model for number, each in found.items() if each.drawn}
    assert {model.charset for model in drawing} == {model.charset for model in models()}
    assert not [model for model in drawing if not model.fonts]
