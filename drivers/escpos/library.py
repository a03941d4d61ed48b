"""python-escpos without its pickle: profiles and commands are imported from here.

At its import the library's `capabilities` makes a folder among the temporary files and unpickles its database of
printers, or writes a pickle of it. So that one module is run with a few names of its own: it reads the database as the
JSON that it is, and writes nothing. All else is the library's own, and nobody else's names are touched.
"""

import builtins
import json
import os
import sys
from contextlib import nullcontext
from importlib.util import find_spec, module_from_spec
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import IO, Any

from drivers.leaving_out import leaving_out

_NAME = "escpos.capabilities"
_NOWHERE = os.devnull
"""Nothing can lie below the null device, so no pickle is found."""
_GIVEN: dict[str, object] = {
    "os": SimpleNamespace(environ={}, path=os.path),
    "tempfile": SimpleNamespace(mkdtemp=lambda: _NOWHERE),
    "pickle": SimpleNamespace(dump=lambda *_, **__: None),
    "yaml": SimpleNamespace(safe_load=json.load),
    "importlib_resources": SimpleNamespace(files=lambda _: _folder(), as_file=nullcontext),
}
"""All that the module may have of these. A release of the library that asks for more fails at its import."""


def _image(*given: object) -> object:
    """What the library makes of a picture, loaded by the first that asks."""
    from escpos.image import EscposImage

    return EscposImage(*given)


_PICTURES: dict[str, dict[str, object]] = {
    "barcode": {"PROVIDED_BARCODES": ()},
    "barcode.writer": {"ImageWriter": None},
    "qrcode": {},
    "escpos.image": {"EscposImage": _image},
}
"""For codes that the library would draw: ours are drawn by `raster`."""


def _folder() -> Path:
    """Where the library lies."""
    spec = find_spec("escpos")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("escpos")
    return Path(spec.origin).parent


def _import(name: str, *where: Any) -> object:
    return _GIVEN[name] if name in _GIVEN else builtins.__import__(name, *where)


def _open(path: Path, mode: str = "r") -> IO[Any]:
    return path.open(mode, encoding="utf-8") if mode == "r" else BytesIO()


def _capabilities() -> ModuleType:
    """The library's module, run once a process."""
    known = sys.modules.get(_NAME)
    if known is not None:
        return known
    spec = find_spec(_NAME)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(_NAME)
    module = module_from_spec(spec)
    vars(module)["__builtins__"] = vars(builtins) | {"__import__": _import, "open": _open}
    spec.loader.exec_module(module)
    sys.modules[_NAME] = module
    return module


_capabilities()

from escpos.capabilities import CAPABILITIES, get_profile  # noqa: E402 - not before it was run as above

with leaving_out(_PICTURES):
    from escpos.escpos import Escpos

__all__ = ["CAPABILITIES", "Escpos", "get_profile"]
