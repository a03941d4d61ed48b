"""What a camera sees of a scene: codes on phone screens and paper, seen askew, blurred, dim or glaring."""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from kiosk.virtual.camera_scenes import Held, Random, Scene, Trouble

Grey = npt.NDArray[np.uint8]
Signal = npt.NDArray[np.float32]

OVER = 2
"""Scenes are drawn this much larger than the sensor and averaged down, as pixels average light."""
QUIET = 4
"""Modules of white around a code."""


@dataclass(frozen=True, slots=True)
class _Card:
    """A phone or a sheet with its code, seen from the front."""

    face: Image.Image = field(repr=False)
    corners: tuple[tuple[float, float], ...]


def draw(scene: Scene, width: int, height: int) -> Grey:
    """The grey plane that a sensor of this size delivers."""
    random = np.random.default_rng(scene.seed)
    picture = _room(random, width, height).resize((width * OVER, height * OVER))
    for held in scene.held:
        _paste(picture, held, scene, random)
    if scene.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(scene.blur * picture.height))
    light = np.asarray(picture.reduce(OVER), np.float32)
    light = _smeared(light, scene.motion) if any(scene.motion) else light
    return _sensed(_lit(light, scene, random), scene, random)


def empty_room(seed: int, width: int, height: int, noise: float = 2.0) -> Grey:
    """A frame with nobody in it; the same seed is the same room with the same noise."""
    return draw(Scene(Trouble.PLAIN, (), seed, noise=noise), width, height)


def _room(random: Random, width: int, height: int) -> Image.Image:
    """Walls, a table's edge, things that stand about."""
    slope = np.linspace(random.uniform(60, 110), random.uniform(90, 150), width, dtype=np.float32)
    picture = Image.fromarray(np.broadcast_to(slope, (height, width)).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = random.uniform(-0.1, 1.0) * width, random.uniform(-0.1, 1.0) * height
        box = (x, y, x + random.uniform(0.05, 0.4) * width, y + random.uniform(0.05, 0.4) * height)
        shape = pen.rectangle if random.random() < 0.6 else pen.ellipse
        shape(box, fill=int(random.uniform(30, 170)))
    return picture.filter(ImageFilter.GaussianBlur(height * 0.004))


def modules(format_: str, data: bytes) -> Grey:
    """The bare code, one pixel a module, dark as 0; byte mode without ECI for QR."""
    if format_ == "QRCode":
        import qrcode

        code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
        code.add_data(qrcode.util.QRData(data), optimize=0)
        return np.where(np.array(code.get_matrix()), 0, 255).astype(np.uint8)
    made = zxingcpp.create_barcode(data.decode(), getattr(zxingcpp.BarcodeFormat, format_))
    bare = np.array(made.to_image(scale=1, add_quiet_zones=False))
    return bare[: max(1, bare.shape[1] // 3)] if format_ == "Code128" else bare


def _card(held: Held, width_px: float) -> _Card:
    code = modules(held.format, held.data)
    code = np.pad(code, QUIET, constant_values=255)
    code = 255 - code if held.inverted else code
    module = max(2, round(width_px / code.shape[1]))
    wide, high = code.shape[1] * module, code.shape[0] * module * (3 if held.format == "PDF417" else 1)
    black, white = (18, 235) if held.phone else (45, 215)
    code = (black + code.astype(np.float32) / 255 * (white - black)).astype(np.uint8)
    margin = round(0.08 * wide)
    edge = margin if held.phone else 0
    ground = black if held.inverted else white
    face = Image.new("L", (wide + 2 * (margin + edge), high + 2 * (2 * margin + edge)), 25 if held.phone else white)
    face.paste(ground, (edge, edge, face.width - edge, face.height - edge))
    face.paste(Image.fromarray(code).resize((wide, high), Image.Resampling.NEAREST), (margin + edge, 2 * margin + edge))
    scale = width_px / wide
    x, y = face.width * scale / 2, face.height * scale / 2
    return _Card(face, ((-x, -y), (x, -y), (x, y), (-x, y)))


def _paste(picture: Image.Image, held: Held, scene: Scene, random: Random) -> None:
    unit = picture.height
    card = _card(held, held.width * unit)
    if scene.moire and held.phone:
        card = _Card(_with_moire(card.face, scene.moire, random), card.corners)
    if scene.covered:
        _cover(card.face, scene.covered, random)
    corners = [_placed(corner, held, unit) for corner in card.corners]
    left, top = (math.floor(min(each)) for each in zip(*corners, strict=True))
    right, bottom = (math.ceil(max(each)) for each in zip(*corners, strict=True))
    warp = _perspective([(x - left, y - top) for x, y in corners], card.face.size)
    size = (right - left, bottom - top)
    face = card.face.transform(size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC)
    mask = Image.new("L", card.face.size, 255).transform(size, Image.Transform.PERSPECTIVE, warp)
    picture.paste(face, (left, top), mask)


def _placed(corner: tuple[float, float], held: Held, unit: float) -> tuple[float, float]:
    """A corner of the card as the frame sees it: turned, then tilted away from a camera three cards' widths off."""
    angle = math.radians(held.turn)
    x = corner[0] * math.cos(angle) - corner[1] * math.sin(angle)
    y = corner[0] * math.sin(angle) + corner[1] * math.cos(angle)
    away = 1 + (x * held.tilt[0] + y * held.tilt[1]) / (held.width * unit)
    return held.x * unit + x * (1 - abs(held.tilt[0]) / 3) / away, held.y * unit + y / away


def _perspective(corners: list[tuple[float, float]], size: tuple[int, int]) -> tuple[float, ...]:
    """The eight coefficients that take a point of the frame to a point of the face."""
    face = ((0, 0), (size[0], 0), size, (0, size[1]))
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, face, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(right, float)))


def _with_moire(face: Image.Image, depth: float, random: Random) -> Image.Image:
    """Bands that a screen's pixels and a sensor's make together."""
    y, x = np.mgrid[0 : face.height, 0 : face.width].astype(np.float32)
    period, angle = face.width * random.uniform(0.01, 0.06), random.uniform(0, math.pi)
    wave = np.sin((x * math.cos(angle) + y * math.sin(angle)) * math.tau / period)
    fine = np.sin((x * math.sin(angle) - y * math.cos(angle)) * math.tau / (period * 0.6))
    pixels = np.asarray(face, np.float32) * (1 - depth * (0.25 + 0.17 * wave + 0.08 * fine))
    return Image.fromarray(np.clip(pixels + depth * 20 * (1 + wave), 0, 255).astype(np.uint8))


def _cover(face: Image.Image, share: float, random: Random) -> None:
    """A thumb over one side."""
    size = share * face.width
    x, y = random.uniform(0.3, 0.9) * face.width, face.height * random.choice((0.2, 0.85))
    ImageDraw.Draw(face).ellipse((x - size, y - size, x + size, y + size), fill=130)


def _smeared(light: Signal, motion: tuple[float, float]) -> Signal:
    """The mean of all places that the picture passes while the shutter is open."""
    unit = light.shape[0]
    steps = max(2, math.ceil(math.hypot(*motion) * unit) + 1)
    total: Signal = np.zeros_like(light)
    for part in np.linspace(-0.5, 0.5, steps):
        total += np.roll(light, (round(part * motion[1] * unit), round(part * motion[0] * unit)), (0, 1))
    mean: Signal = total / np.float32(steps)
    return mean


def _lit(light: Signal, scene: Scene, random: Random) -> Signal:
    if not scene.glare:
        return light * np.float32(scene.light)
    height, width = light.shape
    x, y = (0.5 + random.uniform(-0.12, 0.12)) * width, (0.5 + random.uniform(-0.12, 0.12)) * height
    rows, columns = np.ogrid[:height, :width]
    far = ((columns - x) ** 2 + (rows - y) ** 2) / (scene.glare * height * 0.5) ** 2
    lit: Signal = (light + 260 * np.exp(-far)).astype(np.float32)
    return lit


def _sensed(light: Signal, scene: Scene, random: Random) -> Grey:
    noise = random.standard_normal(light.shape, np.float32) * np.float32(scene.noise)
    return np.clip(light + noise, 0, 255).astype(np.uint8)
