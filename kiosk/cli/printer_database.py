"""The database of printers that python-escpos unpickles at import, kept where only this user can write."""

import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def keep_printer_database(folder: Path) -> None:
    """To be called before the first import of python-escpos; removes a torn copy."""
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(folder)
    for file in folder.glob("*.capabilities.pickle"):
        try:
            pickle.loads(file.read_bytes())  # noqa: S301 - the library would do it next
        except Exception:
            file.unlink(missing_ok=True)


@contextmanager
def passing_printer_database() -> Iterator[None]:
    """For a command that leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="kiosk-printers-") as folder:
        keep_printer_database(Path(folder))
        yield
