"""Rows as a file that a laboratory's people open: CSV for whatever reads it, XLSX whose numbers stay texts."""

import csv
import errno
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TextIO

from kiosk.journal import replace_whole

Texts = Sequence[str]


def write_csv(columns: Texts, rows: Iterable[Texts], out: TextIO) -> None:
    """What begins as a formula is a text all the same."""
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in row] for row in rows)


def write_xlsx(title: str, columns: Texts, rows: Iterable[Texts], out: IO[bytes]) -> None:
    """Raises ModuleNotFoundError where openpyxl is not installed."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(columns)
    for row in rows:
        # A name comes from whatever a resident held up: one control character must not cost the others their rows.
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("?", value)) for value in row]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    book.save(out)


def _plain(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else value


def write(title: str, columns: Texts, rows: Iterable[Texts], file: Path) -> None:
    """By the file's ending, for whoever wrote it alone, whole or as it was. Raises OSError, ModuleNotFoundError."""
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if file.suffix.lower() == ".xlsx":
        book = io.BytesIO()
        write_xlsx(title, columns, rows, book)
        replace_whole(file, book.getvalue())
    else:
        text = io.StringIO(newline="")
        write_csv(columns, rows, text)
        replace_whole(file, text.getvalue().encode("utf-8-sig"))
