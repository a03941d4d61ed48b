"""Who holds up what before a camera, and what makes it hard to read: descriptions, no pictures."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

Random = np.random.Generator


class Trouble(StrEnum):
    """What is the matter with a scene."""

    PLAIN = "plain"
    TURNED = "turned"
    TILTED = "tilted"
    MOTION = "motion"
    FOCUS = "focus"
    DIM = "dim"
    GLARE = "glare"
    MOIRE = "moire"
    SMALL = "small"
    COVERED = "covered"
    SEVERAL = "several"
    DARK_MODE = "dark-mode"


@dataclass(frozen=True, slots=True)
class Held:
    """One code held up: where its middle is and how wide it is (shares of the frame's height), and how it is held."""

    data: bytes
    format: str
    x: float
    y: float
    width: float
    turn: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    phone: bool = True
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that one frame shows; sizes are shares of the frame's height."""

    trouble: Trouble
    held: tuple[Held, ...]
    seed: int
    blur: float = 0.0
    motion: tuple[float, float] = (0.0, 0.0)
    light: float = 1.0
    glare: float = 0.0
    moire: float = 0.0
    covered: float = 0.0
    noise: float = 3.0

    @property
    def contents(self) -> tuple[bytes, ...]:
        return tuple(each.data for each in self.held)


def scenes(count: int, seed: int) -> Iterator[Scene]:
    """`count` scenes, each trouble in its turn; the same seed makes the same ones."""
    troubles = list(Trouble)
    for index in range(count):
        random = np.random.default_rng((seed, index))
        yield _scene(troubles[index % len(troubles)], random, index // len(troubles))


def _scene(trouble: Trouble, random: Random, turn: int) -> Scene:
    held = (_held(random, turn),)
    changes: dict[str, Any] = _CHANGES[trouble](random, held[0])
    return Scene(trouble, changes.pop("held", held), int(random.integers(1 << 31)), **changes)


def _held(random: Random, turn: int) -> Held:
    format_, data = _content(random, turn)
    linear = format_ in ("Code128", "PDF417")
    width = random.uniform(0.85, 1.05) if linear else random.uniform(0.42, 0.6)
    x, y = 0.667 + random.uniform(-0.08, 0.08), 0.5 + random.uniform(-0.08, 0.08)
    return Held(data, format_, x, y, width, random.uniform(-8, 8), phone=bool(random.random() < 0.6))


def _content(random: Random, turn: int) -> tuple[str, bytes]:
    digits = "".join(map(str, random.integers(0, 10, 12)))
    match turn % 8:
        case 0:
            return "QRCode", f"HC-{digits}-{'ABCDEFGH' * 4}".encode()
        case 1:
            return "Code128", digits.encode()
        case 2:
            return "QRCode", f"测试姓名|{digits}|采样点".encode()
        case 3:
            return "DataMatrix", f"T{digits}".encode()
        case 4:
            return "QRCode", f"1101011990{digits[:8]}".encode()
        case 5:
            return "PDF417", f"P<CHN{digits}".encode()
        case 6:
            return "QRCode", f"https://a.example/c?t={digits * 6}".encode()
        case _:
            return "Code128", f"AB{digits[:10]}".encode()


def _same(_random: Random, _held: Held) -> dict[str, Any]:
    return {}


def _moved(held: Held, **changes: Any) -> tuple[Held, ...]:
    return (replace(held, **changes),)


def _turned(random: Random, held: Held) -> dict[str, Any]:
    return {"held": _moved(held, turn=random.uniform(-180, 180), width=held.width * 0.9)}


def _tilted(random: Random, held: Held) -> dict[str, Any]:
    tilt = tuple(random.choice((-1, 1)) * random.uniform(0.1, 0.45) for _ in range(2))
    return {"held": _moved(held, tilt=tilt, turn=random.uniform(-25, 25))}


def _motion(random: Random, _held: Held) -> dict[str, Any]:
    angle, length = random.uniform(0, math.tau), random.uniform(0.004, 0.02)
    return {"motion": (length * math.cos(angle), length * math.sin(angle))}


def _focus(random: Random, _held: Held) -> dict[str, Any]:
    return {"blur": random.uniform(0.002, 0.0075)}


def _dim(random: Random, held: Held) -> dict[str, Any]:
    return {"light": random.uniform(0.06, 0.3), "noise": 4.0, "held": _moved(held, phone=False)}


def _glare(random: Random, _held: Held) -> dict[str, Any]:
    return {"glare": random.uniform(0.15, 0.5)}


def _moire(random: Random, held: Held) -> dict[str, Any]:
    return {"moire": random.uniform(0.2, 0.7), "held": _moved(held, phone=True)}


def _small(random: Random, held: Held) -> dict[str, Any]:
    return {"held": _moved(held, width=held.width * random.uniform(0.22, 0.55))}


def _covered(random: Random, _held: Held) -> dict[str, Any]:
    return {"covered": random.uniform(0.04, 0.2)}


def _several(random: Random, held: Held) -> dict[str, Any]:
    other = _held_beside(random, 0 if held.format != "QRCode" else 1)
    narrow = 0.52 if held.format in ("Code128", "PDF417") else 0.4
    return {"held": (*_moved(held, x=0.35, width=narrow), other)}


def _held_beside(random: Random, turn: int) -> Held:
    format_, data = _content(random, turn)
    return Held(data, format_, 1.0, 0.5, 0.5 if format_ == "Code128" else 0.38, random.uniform(-8, 8), phone=False)


def _dark_mode(_random: Random, held: Held) -> dict[str, Any]:
    return {"held": _moved(held, inverted=held.format in ("QRCode", "DataMatrix"), phone=True)}


_CHANGES: dict[Trouble, Callable[[Random, Held], dict[str, Any]]] = {
    Trouble.PLAIN: _same,
    Trouble.TURNED: _turned,
    Trouble.TILTED: _tilted,
    Trouble.MOTION: _motion,
    Trouble.FOCUS: _focus,
    Trouble.DIM: _dim,
    Trouble.GLARE: _glare,
    Trouble.MOIRE: _moire,
    Trouble.SMALL: _small,
    Trouble.COVERED: _covered,
    Trouble.SEVERAL: _several,
    Trouble.DARK_MODE: _dark_mode,
}
