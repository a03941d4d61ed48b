"""Rows as a file that a laboratory's people open: CSV for whatever reads it, XLSX whose numbers stay texts."""

import csv
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path
from typing import TextIO

from kiosk.office.opening import COLUMNS, Row


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """What begins as a formula is a text all the same."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_plain(value) for value in astuple(row)] for row in rows)


def write_xlsx(rows: Iterable[Row], file: Path) -> None:
    """Raises OSError, ModuleNotFoundError where openpyxl is not installed."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("records")
    sheet.append(COLUMNS)
    for row in rows:
        # A name comes from whatever a resident held up: one control character must not cost the others their rows.
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("?", value)) for value in astuple(row)]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    book.save(file)


def _plain(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else value
