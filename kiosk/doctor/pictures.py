"""Pictures as a camera's frames: files and folders to what is read in them, masked unless asked otherwise."""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from kiosk.credentials import decoded, mask_number

Grey = npt.NDArray[np.uint8]

_KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""What cameras and telephones make. Of others Pillow knows some by starting programs, and fails in many ways."""

_HARMLESS = re.compile(r"\**[0-9]*X?")


class Symbol(Protocol):
    """One code, as the camera's decoder tells it."""

    @property
    def data(self) -> bytes: ...
    @property
    def format(self) -> str: ...
    @property
    def engine(self) -> str: ...


Read = Callable[[Grey], Sequence[Symbol]]


def pictures(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, and those of each folder in the order of their names."""
    for path in paths:
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
        except OSError:
            # What it is and why it cannot be read is told when it is opened.
            inside = [path]
        yield from (each for each in inside if each == path or each.is_file())


def described(file: Path, read: Read, raw: bool, clock_ns: Callable[[], int]) -> dict[str, Any]:
    """What is read in one picture, or an `error`; `ms` is the time of the decoding alone, by the clock."""
    try:
        if file.exists() and not file.is_file():
            return {"file": str(file), "error": "not a file"}
        Image.init()
        # What a library thinks of a strange file is not said on standard error: the codes in it are what counts.
        with warnings.catch_warnings(action="ignore"), Image.open(file, formats=_KINDS) as picture:
            frame = _grey(picture)
    except Exception as error:
        # Torn and hostile files make Pillow raise whatever its parts do.
        return {"file": str(file), "error": _why(error)}
    start = clock_ns()
    symbols = read(frame)
    spent = clock_ns() - start
    words = decoded if raw else masked
    told = [{"text": words(each.data), "format": each.format, "engine": each.engine} for each in symbols]
    return {"file": str(file), "symbols": told, "ms": round(spent / 1e6, 1)}


def _grey(picture: Image.Image) -> Grey:
    if picture.mode.startswith(("I", "F")):
        return _drawn_apart(np.nan_to_num(np.asarray(picture, np.float64)))
    return np.asarray(_on_white(picture).convert("L"))


def _drawn_apart(values: npt.NDArray[np.float64]) -> Grey:
    """More than 8 bits a pixel, and nothing says how much of them is used."""
    darkest, lightest = values.min(), values.max()
    apart: Grey = ((values - darkest) * (255 / max(lightest - darkest, 1e-9))).astype(np.uint8)
    return apart


def _on_white(picture: Image.Image) -> Image.Image:
    """What shines through a picture is paper."""
    if not picture.has_transparency_data:
        return picture
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA"))


def _why(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"not a picture, or none of {', '.join(_KINDS)}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def masked(data: bytes) -> str:
    """The last digits, four at most, or stars alone: the end of other text may be a name."""
    text = decoded(data)
    shown = mask_number(text)
    return shown if _HARMLESS.fullmatch(shown) else "*" * min(len(text), 18)
