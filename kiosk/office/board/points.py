"""The roster of points: which there are to be, their names, and how many people each expects; a table as CSV."""

import csv
import io
from collections.abc import Iterable

from kiosk.frozen import dataclass

COLUMNS = {
    "point": ("point", "id", "编号", "站点编号", "采样点编号"),
    "name": ("name", "名称", "站点", "采样点", "采样点名称"),
    "expected": ("expected", "people", "人数", "应采人数", "应采"),
    "tables": ("tables", "台数", "采样台", "采样台数"),
}
ENCODINGS = ("utf-8-sig", "gb18030")


class PointsError(ValueError):
    """The file is no roster of points; says in which row and what to do."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point that there is to be; None of what the roster does not say."""

    id: str
    name: str = ""
    expected: int | None = None
    tables: int | None = None


def read_points(data: bytes) -> dict[str, Point]:
    """By id. Raises PointsError."""
    rows = list(csv.reader(io.StringIO(_text(data))))
    if not rows:
        raise PointsError("it is empty; its first row names the columns: point, name, expected, tables")
    where = _columns(rows[0])
    points: dict[str, Point] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        point = _point(number, row, where)
        if point.id in points:
            raise PointsError(f"row {number}: the point {point.id} stands there twice")
        points[point.id] = point
    return points


def _text(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PointsError("it is no text; save it as CSV (UTF-8)")


def _columns(header: Iterable[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    found = {
        column: next(names.index(each) for each in known if each in names)
        for column, known in COLUMNS.items()
        if any(each in names for each in known)
    }
    if "point" not in found:
        raise PointsError("no column is called point (or 编号); the first row names the columns")
    return found


def _point(number: int, row: list[str], where: dict[str, int]) -> Point:
    def cell(column: str) -> str:
        place = where.get(column)
        return row[place].strip() if place is not None and place < len(row) else ""

    if not cell("point"):
        raise PointsError(f"row {number}: no point is named")
    return Point(cell("point"), cell("name"), _number(number, cell("expected")), _number(number, cell("tables")))


def _number(row: int, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise PointsError(f"row {row}: {text!r} is no number of people or tables")
    return int(text)
