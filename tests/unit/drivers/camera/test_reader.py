"""Which frames are decoded, and what a resident and the table get from a camera's frames in their order."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from drivers.camera.changes import FrameChanges
from drivers.camera.reader import FrameReader
from drivers.camera.symbols import Engine, Reading, Symbol, SymbolReader
from kiosk.ports import Hint, TextScan
from kiosk.virtual.camera_frames import Grey, draw, modules
from kiosk.virtual.camera_scenes import Held, Scene, Trouble

pytestmark = pytest.mark.slow

FRAME_S = 0.1
A = Held(b"A-0001", "QRCode", 0.667, 0.5, 0.5)
B = Held(b"B-0002", "QRCode", 0.667, 0.5, 0.5)


def _scene(*held: Held, **changes: float) -> Scene:
    return Scene(Trouble.PLAIN, held, 5, **{"noise": 0.0, **changes})  # type: ignore[arg-type]


_drawn = lru_cache(draw)


class Sensor:
    """Delivers a scene again and again, each time with fresh noise."""

    def __init__(self, noise: float = 3.0) -> None:
        self._noise, self._random = noise, np.random.default_rng(1)

    def frames(self, scene: Scene, count: int, light: float = 1.0, size: tuple[int, int] = (640, 480)) -> list[Grey]:
        """`light` is how bright the last of them is, beside the first."""
        picture = _drawn(scene, *size).astype(np.float32)
        return [self._noisy(picture * (1 + (light - 1) * index / max(count - 1, 1))) for index in range(count)]

    def _noisy(self, picture: NDArray[np.float32]) -> Grey:
        noise = self._random.standard_normal(picture.shape, np.float32) * self._noise
        noisy: Grey = np.clip(picture + noise, 0, 255).astype(np.uint8)
        return noisy


class CountingReader(SymbolReader):
    """The real one, which counts."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.unread = 0

    def read(self, frame: Grey, *how: Any) -> Reading:
        self.calls += 1
        reading = super().read(frame, *how)
        self.unread += reading.unread
        return reading


class Table:
    """A frame reader at ten frames a second."""

    def __init__(self) -> None:
        self.symbols = CountingReader()
        self._reader, self._now = FrameReader(self.symbols), 0.0

    def show(self, frames: list[Grey]) -> list[bytes | Hint]:
        found: list[bytes | Hint] = []
        for frame in frames:
            self._now += FRAME_S
            every = self._reader.read(frame, self._now)
            found += [each.data if isinstance(each, TextScan) else each for each in every]
        return found


@pytest.fixture
def table():
    table = Table()
    yield table
    table.symbols.close()


def _at(held: Held, index: int, by: float) -> Held:
    return replace(held, x=held.x + by * (index % 3), turn=held.turn + index % 2)


def _trembling(held: Held, count: int, by: float = 0.01, *others: Held, **changes: float) -> list[Grey]:
    """A hand's tremble, or its search for the right place (`by` shares of the frame's height); `others` are at rest."""
    places = [Sensor().frames(_scene(*others, _at(held, index, by), **changes), 1)[0] for index in range(min(6, count))]
    return [places[index % len(places)] for index in range(count)]


@pytest.mark.parametrize("size", [(640, 480), (1280, 960)])
def test_an_unchanged_scene_is_not_decoded(table, size):
    frames = Sensor(4.0).frames(_scene(), 60, size=size)
    assert table.show(frames[:20]) == []
    settled = table.symbols.calls
    assert settled <= 7
    assert table.show(frames[20:]) == []
    assert table.symbols.calls == settled


def test_light_that_changes_slowly_is_no_change():
    changes = FrameChanges()
    assert [changes.changed(frame) for frame in Sensor().frames(_scene(), 30, light=1.3)] == [True, *[False] * 29]


def test_lamps_flicker_in_bands_is_no_change():
    changes, frames = FrameChanges(), Sensor().frames(_scene(), 12)
    rows = np.arange(480)[:, None]
    bands = [1 + 0.15 * np.sin(rows / 60 + phase) for phase in range(12)]
    seen = [
        changes.changed((frame * band).clip(0, 255).astype(np.uint8)) for frame, band in zip(frames, bands, strict=True)
    ]
    assert seen == [True, *[False] * 11]


def test_a_code_that_comes_is_a_change_however_dim():
    changes, sensor = FrameChanges(), Sensor(2.0)
    dim = {"light": 0.12}
    changes.changed(sensor.frames(_scene(**dim), 1)[0])
    assert changes.changed(sensor.frames(_scene(A, **dim), 1)[0])


def test_a_code_that_grows_sharp_is_a_change():
    changes, sensor = FrameChanges(), Sensor()
    changes.changed(sensor.frames(_scene(A, blur=0.008), 1)[0])
    assert changes.changed(sensor.frames(_scene(A), 1)[0])


def test_a_phone_held_still_is_one_scan_and_one_decoding(table):
    assert table.show(Sensor().frames(_scene(A), 60)) == [b"A-0001"]
    assert table.symbols.calls == 1


def test_a_trembling_phone_is_one_scan(table):
    assert table.show(_trembling(A, 20)) == [b"A-0001"]


def test_a_code_is_read_again_after_it_left(table):
    frames = [*Sensor().frames(_scene(A), 5), *Sensor().frames(_scene(), 10), *Sensor().frames(_scene(A), 5)]
    assert table.show(frames) == [b"A-0001", b"A-0001"]


def test_a_moment_without_reading_is_not_leaving(table):
    blurred = _trembling(A, 10, blur=0.016)
    assert table.show([*_trembling(A, 3), *blurred, *_trembling(A, 3)]) == [b"A-0001"]


def test_a_code_that_changes_is_the_next_scan(table):
    assert table.show([*Sensor().frames(_scene(A), 5), *Sensor().frames(_scene(B), 5)]) == [b"A-0001", b"B-0002"]


def test_a_second_code_beside_the_first_is_one_more_scan(table):
    both = _scene(replace(A, x=0.35, width=0.45), replace(B, x=1.0, width=0.35))
    assert table.show([*Sensor().frames(_scene(A), 5), *Sensor().frames(both, 5)]) == [b"A-0001", b"B-0002"]


TROUBLES = {
    Hint.TOO_DARK: lambda: _trembling(replace(A, phone=False), 100, by=0.15, light=0.06, blur=0.012),
    Hint.GLARE: lambda: _trembling(A, 100, glare=0.75),
    Hint.TOO_FAR: lambda: _trembling(replace(A, data=b"A" * 120, width=0.1), 100),
}


# In a room without light a code looks like people who pass by.
TOLD = {Hint.TOO_DARK: [Hint.TOO_DARK], Hint.GLARE: [Hint.GLARE] * 2, Hint.TOO_FAR: [Hint.TOO_FAR] * 2}


@pytest.mark.parametrize("hint", list(Hint))
def test_what_cannot_be_read_gets_a_hint_but_not_all_the_time(table, hint):
    # A hundred frames are ten seconds.
    table.show(Sensor().frames(_scene(), 60))
    assert table.show(TROUBLES[hint]()) == TOLD[hint]


def test_a_hint_waits_though_something_moved_before(table):
    hand = [Sensor().frames(_scene(light=light), 1)[0] for light in (0.5, 0.8)] * 15
    glaring = TROUBLES[Hint.GLARE]()
    assert table.show([*hand, *glaring[:15]]) == []
    assert table.show(glaring[15:20]) == [Hint.GLARE]


def test_people_who_pass_in_a_dark_room_get_a_hint_a_minute(table):
    passing = [Sensor(1.0).frames(_scene(replace(A, x=0.1 * place), light=0.04), 1)[0] for place in range(9)]
    assert table.show((passing * 12)[:100]) == [Hint.TOO_DARK]


def test_a_code_read_at_once_gets_no_hint(table):
    assert table.show(_trembling(A, 40)) == [b"A-0001"]


def test_what_hangs_on_the_wall_unread_is_given_up(table):
    poster = Sensor().frames(_scene(replace(A, data=b"A" * 120, width=0.1)), 100)
    hints = table.show(poster)
    assert len(hints) <= 1
    assert table.symbols.calls <= 7
    calls = table.symbols.calls
    assert table.show(poster[:50]) == []
    assert table.symbols.calls == calls


def _code(side: int, text: str) -> Image.Image:
    """White as a screen is for a camera whose gain is high, with its quiet zone."""
    bare = np.pad(modules("QRCode", text.encode()), 4, constant_values=255)
    return Image.fromarray(bare).resize((side, side), Image.Resampling.BICUBIC)


def _on_phone(code: Image.Image, size: tuple[int, int], white: int) -> Image.Image:
    phone = Image.new("L", size, white)
    phone.paste(code, ((size[0] - code.width) // 2, size[1] * 2 // 7))
    return phone


def _far() -> Image.Image:
    return _on_phone(_code(60, "A" * 200), (110, 190), 255)


def _half_covered() -> Image.Image:
    phone = _on_phone(_code(330, "A" * 40), (400, 700), 240)
    ImageDraw.Draw(phone).rectangle((30, 150, 200, 550), fill=90)
    return phone


def _unsharp() -> Image.Image:
    return _on_phone(_code(330, "A" * 40), (400, 700), 240).filter(ImageFilter.GaussianBlur(6))


def _glaring() -> Image.Image:
    phone = _on_phone(_code(500, "A" * 40), (560, 800), 225).point(lambda tone: min(tone, 225))
    ImageDraw.Draw(phone).ellipse((150, 330, 420, 600), fill=255)
    return phone


@lru_cache
def _large_room() -> list[Grey]:
    return Sensor().frames(_scene(), 45, size=(1280, 960))


@pytest.mark.parametrize(
    ("phone", "hints"), [(_far, [Hint.TOO_FAR]), (_half_covered, []), (_unsharp, []), (_glaring, [Hint.GLARE])]
)
def test_a_hint_sends_nobody_the_wrong_way(table, phone, hints):
    room = _large_room()
    held = np.asarray(phone())
    frames = [room[index].copy() for index in range(30)]
    for index, frame in enumerate(frames):
        x, y = 440 + 7 * (index % 3), 130 + 5 * (index % 2)
        frame[y : y + held.shape[0], x : x + held.shape[1]] = held
    assert table.show([*room, *frames]) == hints


POSTER = Held(b"POSTER", "QRCode", 0.17, 0.2, 0.22, phone=False)
SLIP = Held(b"035200000104", "Code128", 0.85, 0.6, 0.75, phone=False)


@pytest.mark.parametrize("turn", [25, 38, 60])
@pytest.mark.parametrize("before", [60, 25])
def test_a_readable_poster_keeps_no_slanted_barcode_from_being_read(table, turn, before):
    assert table.show(Sensor().frames(_scene(POSTER), before)) == [b"POSTER"]
    assert table.show(_trembling(replace(SLIP, turn=turn), 20, 0.005, POSTER)) == [b"035200000104"]


def test_a_phone_that_cannot_be_read_gets_its_hint_beside_a_readable_poster(table):
    table.show(Sensor().frames(_scene(POSTER), 60))
    far = Held(b"A" * 120, "QRCode", 0.9, 0.6, 0.1)
    assert table.show(_trembling(far, 40, 0.01, POSTER)) == [Hint.TOO_FAR]


def test_an_idle_scene_with_a_readable_poster_is_decoded_once(table):
    assert table.show(Sensor().frames(_scene(POSTER), 100)) == [b"POSTER"]
    assert table.symbols.calls == 1


def _with_text(frame: Grey, x: int) -> Grey:
    """What a phone shows above and below its code."""
    picture = Image.fromarray(frame)
    for y in (85, 97, 380, 392, 404):
        ImageDraw.Draw(picture).text((x - 100, y), "Health code of a resident 110199 valid", fill=20)
    return np.asarray(picture)


def test_a_read_phone_with_text_on_it_trembles_on_without_harder_looks_or_hints(table):
    held = replace(A, width=0.45)
    frames = [_with_text(frame, 320 + 5 * (index % 3)) for index, frame in enumerate(_trembling(held, 100))]
    assert table.show(frames) == [b"A-0001"]
    assert table.symbols.calls > 90
    assert table.symbols.unread == 0


def test_somebody_before_a_poster_is_no_code_held_up(table):
    table.show(Sensor().frames(_scene(POSTER), 300))
    half = [frame.copy() for frame in Sensor().frames(_scene(POSTER), 30)]
    for index, frame in enumerate(half):
        frame[90:, : 150 + 8 * (index % 2)] = 90
    assert table.show(half) == []
    assert table.symbols.unread == 0


def test_the_next_phone_is_looked_at_harder_where_a_read_one_was(table):
    table.show(Sensor().frames(_scene(A), 60))
    slanted = replace(SLIP, x=0.667, y=0.5, turn=38)
    assert table.show(_trembling(slanted, 20)) == [b"035200000104"]


def test_a_reading_says_who_read_it():
    reader = SymbolReader()
    [symbol] = reader.read(draw(_scene(A), 640, 480)).symbols
    assert symbol == Symbol(b"A-0001", "QRCode", Engine.ZXING)
    reader.close()
