"""Which camera, and how it looks: told to its process on the command line."""

import json
from dataclasses import asdict

from kiosk.frozen import dataclass


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Which camera, and how it looks."""

    number: int = 0
    width: int = 1280
    height: int = 960
    frames_s: float = 10.0
    exposure_us: int | None = 3000
    """Short against a hand's motion, long against a screen's flicker; the gain follows the light. None: automatic."""
    lens_position: float | None = None
    """Dioptres (1 / metres) for a camera with a lens that moves; None: it focuses by itself."""


def as_argument(settings: CameraSettings) -> str:
    return json.dumps(asdict(settings))


def from_argument(argument: str) -> CameraSettings:
    return CameraSettings(**json.loads(argument))
