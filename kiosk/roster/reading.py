"""The rows of a sheet to people: each is taken, passed over for a reason that everybody sees, or named as failed."""

import re
from collections.abc import Callable, Sequence

from kiosk.model import Status
from kiosk.roster.addresses import place
from kiosk.roster.cells import Cell, identity_number, is_day, plain
from kiosk.roster.headers import Column, Header, column_of, find_header, header_at
from kiosk.roster.listed import Failed, Fault, Household, Listed, Place, Sheet
from kiosk.roster.notes import status_of

Judge = Callable[[str], str | None]
"""The canonical form of the identity whose number a text is, by its check digit and date; None if it is none."""

_TOTAL = re.compile(
    ".{0,10}(合计|总计|小计|共计)[:：]?[0-9]*[人户名].*|"
    "(.{0,10}(合计|总计|小计|共计)|汇总|总人数|制表|填表|审核|负责人|说明|备注|注)([:：].*|人.*|[0-9]*)?"
)


class NoHeader(Exception):  # noqa: N818 - it says what a sheet lacks
    """No row within the first thirty, or not the one that was named, says what the columns are."""


def read_sheet(
    rows: Sequence[Sequence[Cell]],
    judge: Judge,
    start: int | None = None,
    zeros_compared: bool = False,
    house: str = "",
) -> Sheet:
    """`start` is the header's row as the sheet's program counts it; `zeros_compared`: the texts that end with 000 were
    compared with the originals; `house` is what the sheet is called, should no column say the building. Raises
    NoHeader."""
    header = find_header(rows) if start is None else header_at(rows, start - 1) if 0 < start <= len(rows) else None
    if header is None:
        raise NoHeader
    return _Reader(header, judge, zeros_compared, house).read(rows)


_PARTS = (Column.ESTATE, Column.BUILDING, Column.UNIT, Column.FLAT)
_WHERE = (Column.ADDRESS, *_PARTS)


class _Reader:
    def __init__(self, header: Header, judge: Judge, zeros_compared: bool, house: str) -> None:
        self._header, self._judge, self._zeros_compared, self._house = header, judge, zeros_compared, house
        self._parts: Sequence[str] = ("",) * len(_PARTS)
        self._address = ""
        self._listed: list[Listed] = []
        self._households: list[Household] = []
        self._failed: list[Failed] = []
        self._passed_over = 0

    def read(self, rows: Sequence[Sequence[Cell]]) -> Sheet:
        for at in range(self._header.first, len(rows)):
            self._row(at + 1, rows[at])
        return Sheet(tuple(self._listed), tuple(self._households), tuple(self._failed), self._passed_over)

    def _row(self, row: int, cells: Sequence[Cell]) -> None:
        shown = [plain(cell) for cell in cells]
        texts = [text for text in shown if text]
        number, name = self._number(cells), self._first(Column.NAME, shown)
        if not texts or _is_header(texts) or (not number and _is_total(texts)):
            self._passed_over += 1
            return
        if any(is_day(cell) for column in _WHERE for cell in self._header.cells(column, cells)):
            self._failed.append(Failed(row, Fault.PLACE_AS_A_DATE, self._first(Column.NUMBER, shown), name))
            return
        where = self._place(shown)
        if isinstance(number, Fault):
            self._failed.append(Failed(row, number, self._first(Column.NUMBER, shown), name))
        elif number:
            self._person(row, number, name, where, shown)
        elif name:
            self._failed.append(Failed(row, Fault.NO_NUMBER, "", name))
        elif self._header.says(Column.PEOPLE) or self._first(Column.FLAT, shown) or self._first(Column.ADDRESS, shown):
            self._household(row, where, shown)
        else:
            self._failed.append(Failed(row, Fault.SHORT))

    def _person(self, row: int, number: str, name: str, where: Place, shown: Sequence[str]) -> None:
        identity = self._judge(number)
        if identity is None:
            self._failed.append(Failed(row, Fault.NOT_AN_IDENTITY, number, name))
        else:
            self._listed.append(Listed(row, identity, number, name, where, self._status(shown)))

    def _household(self, row: int, where: Place, shown: Sequence[str]) -> None:
        people = self._first(Column.PEOPLE, shown)
        self._households.append(Household(row, where, int(people) if people.isdecimal() else None))

    def _number(self, cells: Sequence[Cell]) -> str | Fault:
        cells_of = self._header.cells(Column.NUMBER, cells)
        found = dict.fromkeys(identity_number(cell, self._zeros_compared) for cell in cells_of)
        numbers = [number for number in found if number]
        return Fault.TWO_NUMBERS if len(numbers) > 1 else numbers[0] if numbers else ""

    def _status(self, shown: Sequence[str]) -> Status:
        return status_of(" ".join(self._header.cells(Column.NOTE, shown)))

    def _first(self, column: Column, shown: Sequence[str]) -> str:
        return next(filter(None, self._header.cells(column, shown)), "")

    def _place(self, shown: Sequence[str]) -> Place:
        """A cell that is merged over several rows stands in the first; the blank ones below go on with it."""
        given = tuple(self._first(column, shown) for column in _PARTS)
        is_new = False
        parts = []
        for before, now in zip(self._parts, given, strict=True):
            is_new = is_new or bool(now and now != before)
            parts.append(now or ("" if is_new else before))
        self._parts = estate, building, unit, flat = parts
        self._address = self._first(Column.ADDRESS, shown) or self._address
        return place(building, unit, flat, self._address, self._house, estate)


def _is_total(texts: Sequence[str]) -> bool:
    """A total, a signature or a note below the people: what begins so, and no number of anybody beside it."""
    return _TOTAL.fullmatch(texts[0].replace(" ", "")) is not None and all(len(text) < 15 for text in texts[1:3])


def _is_header(texts: Sequence[str]) -> bool:
    """Said again on each printed page."""
    known = sum(column_of(text) is not None for text in texts)
    return known > 1 and known * 2 > len(texts)
