"""Rows as a file that a laboratory's people open: CSV for whatever reads it, XLSX whose numbers stay texts."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

Texts = Sequence[str]


def write_csv(columns: Texts, rows: Iterable[Texts], out: TextIO) -> None:
    """What begins as a formula is a text all the same."""
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in row] for row in rows)


def write_xlsx(title: str, columns: Texts, rows: Iterable[Texts], file: Path) -> None:
    """Raises OSError, ModuleNotFoundError where openpyxl is not installed."""
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
    book.save(file)


def _plain(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else value


def write(title: str, columns: Texts, rows: Iterable[Texts], file: Path) -> None:
    """By the file's ending, for whoever wrote it alone. Raises OSError, ModuleNotFoundError."""
    file.touch(mode=0o600)
    if file.suffix.lower() == ".xlsx":
        write_xlsx(title, columns, rows, file)
    else:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            write_csv(columns, rows, out)
