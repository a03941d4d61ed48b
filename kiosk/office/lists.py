"""An office's lists of residents as files: sheets of .xlsx, and .csv in whatever encoding it was saved."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

from kiosk.credentials import Identity, mask_name, mask_number
from kiosk.credentials.numbers import checked_number, old_number
from kiosk.model import Status
from kiosk.roster import Cell, Failed, Household, Listed, NoHeader, Place, Sheet, read_sheet, told_apart

LARGEST_BYTES = 2**26
ENCODINGS = ("utf-8-sig", "gb18030")
"""What begins with no mark and is no UTF-8 was saved by a Chinese spreadsheet."""
PARTED_BY = ",;\t"

Rows = Sequence[Sequence[Cell]]


class Unread(StrEnum):
    """Why a file is no list; each has its words in the catalogues, with what to do."""

    EMPTY = "empty"
    NO_HEADER = "no-header"
    NO_HEADER_THERE = "no-header-there"
    """In the row that was named."""
    NO_SUCH_SHEET = "no-such-sheet"
    TOO_LARGE = "too-large"
    OTHER_KIND = "other-kind"
    NO_WORKBOOK = "no-workbook"
    MARKS = "marks"
    """Quotation marks of a text are not in pairs."""
    ENCODING = "encoding"


class NotAListError(Exception):
    """A file that cannot be read as a list; `values` are for the words."""

    def __init__(self, why: Unread, **values: object) -> None:
        super().__init__(why)
        self.why, self.values = why, values


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a file."""

    file: str
    row: int


@dataclass(slots=True)
class Intake:
    """What several lists come to. `listed` are in clear and never leave the process."""

    rows: int = 0
    passed_over: int = 0
    listed: dict[str, Listed] = field(default_factory=dict, repr=False)
    """By the canonical form of the identity."""
    households: list[Household] = field(default_factory=list)
    doubled: list[Found] = field(default_factory=list)
    sheets_passed: list[str] = field(default_factory=list)
    """Those with text and without a header, beside one that has it."""
    failed: list[tuple[Found, Failed]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    """Buildings that the name of their estate tells from others of the same name."""

    @property
    def good(self) -> bool:
        return not self.failed


def take(
    intake: Intake,
    file: Path,
    today: date,
    sheet: str | None = None,
    start: int | None = None,
    zeros_compared: bool = False,
) -> None:
    """Adds what a file says: the sheet that is named, or each with a header. Raises NotAListError, OSError,
    ModuleNotFoundError where openpyxl is not installed; then nothing of the file was added."""
    lists, passed = _lists(file, today, sheet, start, zeros_compared)
    intake.sheets_passed += [f"{file.name} {name}" for name in passed]
    for name, found in lists.items():
        _add(intake, file.name if len(lists) == 1 else f"{file.name} {name}", found)


def _add(intake: Intake, file: str, found: Sheet) -> None:
    intake.rows += len(found.listed) + len(found.households) + len(found.failed)
    intake.passed_over += found.passed_over
    intake.households += found.households
    intake.failed += [(Found(file, each.row), each) for each in found.failed]
    for each in found.listed:
        known = intake.listed.setdefault(each.identity, each)
        if known is not each:
            intake.doubled.append(Found(file, each.row))
            if known.status is Status.MOVED:
                intake.listed[each.identity] = each


def keep_apart(intake: Intake) -> None:
    """Once all lists are read: buildings of one name in several estates get the estate's name before theirs."""
    households = (each.place for each in intake.households)
    names = told_apart((*(each.place for each in intake.listed.values()), *households))

    def named(place: Place) -> Place:
        return replace(place, estate=names.get((place.building, place.within), ""))

    intake.listed = {key: replace(each, place=named(each.place)) for key, each in intake.listed.items()}
    intake.households = [replace(each, place=named(each.place)) for each in intake.households]
    intake.apart = list(dict.fromkeys(each.place.house for each in intake.listed.values() if each.place.estate))


def masked(failed: Failed) -> str:
    """Whom a row that failed was about, as far as anybody may see."""
    return "  ".join(filter(None, (mask_name(failed.name), mask_number(failed.number))))


def _lists(
    file: Path, today: date, sheet: str | None, start: int | None, zeros_compared: bool
) -> tuple[dict[str, Sheet], list[str]]:
    """By the names of their sheets; and which sheets hold something else."""
    lists: dict[str, Sheet] = {}
    others: dict[str, Rows] = {}
    for name, rows in _sheets(file, sheet):
        try:
            house = f"{file.stem} {name}"
            lists[name] = read_sheet(rows, partial(_canonical, today), start, zeros_compared, house)
        except NoHeader:
            others[name] = rows
    if not lists:
        if not any(any(row) for rows in others.values() for row in rows):
            raise NotAListError(Unread.EMPTY)
        why = Unread.NO_HEADER if start is None else Unread.NO_HEADER_THERE
        raise NotAListError(why, row=start, sheets=", ".join(others))
    return lists, [name for name, rows in others.items() if any(map(any, rows))]


def _canonical(today: date, number: str) -> str | None:
    found = checked_number(number, "", today) or old_number(number, today)
    return found.canonical if isinstance(found, Identity) else None


def _sheets(file: Path, sheet: str | None) -> Iterator[tuple[str, Rows]]:
    if file.stat().st_size > LARGEST_BYTES:
        raise NotAListError(Unread.TOO_LARGE)
    match file.suffix.lower():
        case ".xlsx" | ".xlsm":
            yield from _of_workbook(file, sheet)
        case ".csv" | ".txt":
            yield file.name, rows_of(file.read_bytes())
        case _:
            raise NotAListError(Unread.OTHER_KIND)


def _of_workbook(file: Path, sheet: str | None) -> Iterator[tuple[str, Rows]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise NotAListError(Unread.NO_SUCH_SHEET, sheet=sheet, sheets=", ".join(book.sheetnames))
        for each in book.worksheets:
            if sheet in (None, each.title):
                each.reset_dimensions()
                yield each.title, [tuple(map(_cell, row)) for row in each.iter_rows(values_only=True)]
    except (BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise NotAListError(Unread.NO_WORKBOOK) from error


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | int | float | date | None) else str(value)


def rows_of(data: bytes) -> Rows:
    """Of a text in whatever encoding. Raises NotAListError."""
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = text[:4096]
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(PARTED_BY, key=head.count), strict=True)
        try:
            return list(lines)
        except csv.Error as error:
            # Unclosed, a mark would swallow whoever stands below.
            raise NotAListError(Unread.MARKS, line=lines.line_num) from error
    raise NotAListError(Unread.ENCODING)
