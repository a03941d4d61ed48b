"""What is read from a frame, by whom, and at what cost beside the libraries alone."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
import zxingcpp
from pyzbar import pyzbar

from drivers.camera.symbols import FORMATS, Engine, Symbol, SymbolReader
from kiosk.virtual.camera_frames import Grey, draw, empty_room, modules
from kiosk.virtual.camera_scenes import Held, Scene, Trouble, scenes

pytestmark = pytest.mark.slow

GBK = "姓名:测试|采样点".encode("gb18030")


@pytest.fixture(scope="module")
def reader() -> Iterator[SymbolReader]:
    reader = SymbolReader()
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def frames() -> list[tuple[Scene, Grey]]:
    return [(scene, draw(scene, 640, 480)) for scene in scenes(48, seed=3)]


def _plain(data: bytes, format_: str = "QRCode", scale: int = 5) -> Grey:
    """A code on white, as a printer would draw it."""
    code = np.pad(modules(format_, data), 6, constant_values=255)
    return code.repeat(scale, 0).repeat(scale, 1)


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        ("QRCode", b"HELLO"),
        ("QRCode", "测试|采样点".encode()),
        ("QRCode", GBK),
        ("QRCode", bytes([1, 2, 200, 3, 250, 255, 0])),
        ("MicroQRCode", b"12345"),
        ("RMQRCode", b"12345"),
        ("Code128", b"035200000104"),
        ("DataMatrix", b"T0001"),
        ("PDF417", b"P<CHN0001"),
    ],
)
def test_payloads_come_as_they_stand_in_the_symbol(reader, format_, data):
    assert reader.read(_plain(data, format_)).symbols == (Symbol(data, format_, Engine.ZXING),)


def test_a_symbol_that_names_its_character_set_comes_in_utf_8(reader):
    made = zxingcpp.create_barcode("Müller 采样", zxingcpp.BarcodeFormat.QRCode)
    assert [symbol.data.decode() for symbol in reader.read(np.array(made.to_image(scale=5))).symbols] == ["Müller 采样"]


def test_several_codes_come_largest_first_whatever_their_places(reader):
    for near, far in ((0.35, 1.0), (1.0, 0.35)):
        large = Held(b"LARGE", "QRCode", near, 0.5, 0.5)
        small = Held(b"SMALL", "QRCode", far, 0.5, 0.25)
        for held in ((large, small), (small, large)):
            frame = draw(Scene(Trouble.SEVERAL, held, 1), 640, 480)
            assert [symbol.data for symbol in reader.read(frame).symbols] == [b"LARGE", b"SMALL"]


def test_the_same_code_twice_in_a_frame_is_one(reader):
    held = tuple(Held(b"TWICE", "QRCode", x, 0.5, 0.35) for x in (0.35, 1.0))
    assert [symbol.data for symbol in reader.read(draw(Scene(Trouble.SEVERAL, held, 1), 640, 480)).symbols] == [
        b"TWICE"
    ]


def test_a_slanted_barcode_is_read(reader):
    held = Held(b"035200000104", "Code128", 0.667, 0.5, 0.8, turn=38)
    [symbol] = reader.read(draw(Scene(Trouble.TURNED, (held,), 1), 640, 480)).symbols
    assert symbol == Symbol(b"035200000104", "Code128", Engine.ZXING)


@pytest.mark.parametrize("turn", [0, 38, -38])
def test_a_code_is_where_it_is_held_however_it_was_read(reader, turn):
    held = Held(b"035200000104", "Code128", 0.5, 0.55, 0.6, turn=turn)
    [symbol] = reader.read(draw(Scene(Trouble.TURNED, (held,), 1), 640, 480)).symbols
    assert symbol.place is not None
    left, top, right, bottom = symbol.place
    assert abs((left + right) / 2 - 0.5 * 480) < 40
    assert abs((top + bottom) / 2 - 0.55 * 480) < 40


def test_beside_a_settled_code_a_slanted_one_is_read(reader):
    poster = Held(b"POSTER", "QRCode", 0.17, 0.2, 0.22)
    slip = Held(b"035200000104", "Code128", 0.85, 0.6, 0.75, turn=38)
    frame = draw(Scene(Trouble.SEVERAL, (poster, slip), 1), 640, 480)
    beside = reader.read(frame, settled={b"POSTER": None})
    assert {symbol.data for symbol in beside.symbols} == {b"POSTER", b"035200000104"}
    assert not beside.unread


def test_an_empty_room_holds_nothing_and_starts_no_child(reader):
    fresh = SymbolReader()
    for seed in range(3):
        reading = fresh.read(empty_room(seed, 640, 480))
        assert reading.symbols == ()
    fresh.close()


def test_a_frame_with_padding_at_its_right_is_read(reader):
    plain = _plain(b"PADDED")
    padded = np.zeros((plain.shape[0], plain.shape[1] + 37), np.uint8)
    padded[:, : plain.shape[1]] = plain
    assert [symbol.data for symbol in reader.read(padded[:, : plain.shape[1]]).symbols] == [b"PADDED"]


@pytest.mark.parametrize("shape", [(1, 1), (33, 7), (7, 200), (100, 65)])
def test_a_picture_of_any_size_can_be_looked_at(reader, shape):
    checks = (np.indices(shape).sum(0) % 2 * 255).astype(np.uint8)
    assert reader.read(checks).symbols == ()


def test_no_payload_shows_in_a_representation(reader):
    [symbol] = reader.read(_plain(b"110101199001010010")).symbols
    assert "110101" not in repr(symbol)


def _share(frames: list[tuple[Scene, Grey]], read: Callable[[Grey], set[bytes]]) -> int:
    return sum(len(set(scene.contents) & read(frame)) for scene, frame in frames)


def _by_zxing(frame: Grey) -> set[bytes]:
    return {each.bytes for each in zxingcpp.read_barcodes(frame, formats=FORMATS)}


def _by_zbar(frame: Grey) -> set[bytes]:
    kinds = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128]
    return {each.data for each in pyzbar.decode(frame, symbols=kinds)}


def test_reads_more_than_either_library_alone(reader, frames):
    ours = _share(frames, lambda frame: {symbol.data for symbol in reader.read(frame).symbols})
    assert ours > max(_share(frames, _by_zxing), _share(frames, _by_zbar))


def test_reads_nothing_that_is_not_there(reader, frames):
    for scene, frame in frames:
        assert {symbol.data for symbol in reader.read(frame).symbols} <= set(scene.contents)


def _least_s(*calls: Callable[[], object]) -> list[float]:
    """The shortest of five times of each, in turn: what others do on this machine only adds."""
    least = [float("inf")] * len(calls)
    for _ in range(5):
        for index, call in enumerate(calls):
            start = time.perf_counter()
            call()
            least[index] = min(least[index], time.perf_counter() - start)
    return least


def test_costs_no_more_than_zxing_where_that_reads(reader, frames):
    read = [frame for _, frame in frames if _by_zxing(frame)]
    assert len(read) > 30
    times = [_least_s(partial(_by_zxing, frame), partial(reader.read, frame)) for frame in read]
    alone, ours = map(sum, zip(*times, strict=True))
    # A harder look would double it.
    assert ours < 1.2 * alone
