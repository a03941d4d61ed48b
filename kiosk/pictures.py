"""Pictures as a camera's frames: files and folders to what is read in them, masked unless asked otherwise."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from kiosk.credentials import decoded, mask_number

Grey = npt.NDArray[np.uint8]

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
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.is_file())
        else:
            yield path


def described(file: Path, read: Read, raw: bool) -> dict[str, Any]:
    """What is read in one picture, or an `error`; `ms` is the time of the decoding alone."""
    try:
        with Image.open(file) as picture:
            frame = np.asarray(picture.convert("L"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        return {"file": str(file), "error": _why(error)}
    start = time.perf_counter_ns()
    symbols = read(frame)
    spent = time.perf_counter_ns() - start
    words = decoded if raw else masked
    told = [{"text": words(each.data), "format": each.format, "engine": each.engine} for each in symbols]
    return {"file": str(file), "symbols": told, "ms": round(spent / 1e6, 1)}


def _why(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not a picture"
    return getattr(error, "strerror", None) or str(error)


def masked(data: bytes) -> str:
    """The last digits, four at most, or stars alone: the end of other text may be a name."""
    text = decoded(data)
    shown = mask_number(text)
    return shown if _HARMLESS.fullmatch(shown) else "*" * min(len(text), 18)
