"""Which column says what: the names that offices give them, over one row or two."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from kiosk.frozen import dataclass
from kiosk.roster.cells import Cell, plain

_Shown = TypeVar("_Shown")
LOOKED_AT = 30
"""Rows from the top within which a header begins; titles and notes stand above it."""


class Column(StrEnum):
    """What a column can say of a person."""

    NUMBER = "number"
    NAME = "name"
    ADDRESS = "address"
    ESTATE = "estate"
    BUILDING = "building"
    UNIT = "unit"
    FLAT = "flat"
    PEOPLE = "people"
    NOTE = "note"


ALIASES: Mapping[Column, tuple[str, ...]] = {
    Column.NUMBER: (
        "证件号",
        "证件号码",
        "身份证",
        "身份证号",
        "身份证号码",
        "公民身份号码",
        "公民身份证号码",
        "居民身份证号码",
        "身份号码",
        "有效证件号码",
        "idnumber",
        "idno",
        "id",
    ),
    Column.NAME: ("姓名", "居民姓名", "人员姓名", "户主姓名", "被采样人", "name"),
    Column.ADDRESS: (
        "地址",
        "住址",
        "本户地址",
        "居住地址",
        "现住址",
        "家庭住址",
        "现居住地址",
        "详细地址",
        "楼栋单元房号",
        "楼栋房号",
        "户籍地址",
        "address",
    ),
    Column.ESTATE: ("小区", "小区名", "小区名称", "所属小区", "所在小区", "居住小区", "estate", "compound"),
    Column.BUILDING: ("楼栋", "楼号", "栋", "幢", "栋号", "幢号", "楼", "楼幢", "楼栋号", "building"),
    Column.UNIT: ("单元", "单元号", "门栋", "unit"),
    Column.FLAT: ("房号", "室", "室号", "门牌号", "房间号", "户室", "门牌", "房屋号", "flat", "room"),
    Column.PEOPLE: ("住几人", "人数", "居住人数", "常住人数", "户内人数", "people"),
    Column.NOTE: ("备注", "说明", "人员类型", "人员状态", "状态", "情况说明", "户类型", "note", "remarks"),
}
WEAK = frozenset({"户籍地址", "户主姓名", "id"})
"""Where another column says it too, that one is meant: a householder is not everybody of the flat, the place that
somebody is registered in may be far away, and an ID may be a row's own number."""
_BY_NAME = {alias: column for column, aliases in ALIASES.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class Header:
    """`columns` from 0; several may say one thing, as notes do. `first` is the row, from 0, that people begin at."""

    columns: Mapping[Column, tuple[int, ...]]
    first: int

    def cells(self, column: Column, row: Sequence[_Shown]) -> list[_Shown]:
        """What a row says there; cells as they came or as they are shown."""
        return [row[at] for at in self.columns.get(column, ()) if at < len(row)]

    def says(self, column: Column) -> bool:
        return column in self.columns


@lru_cache(4096)
def column_of(shown: str) -> Column | None:
    return _BY_NAME.get(_bare(shown))


def _bare(shown: str) -> str:
    """The name of a column, whatever is explained in brackets or parted by blanks and stars."""
    text = shown.lower().partition("(")[0].partition("【")[0]
    return "".join(each for each in text if each.isalnum())


def header_at(rows: Sequence[Sequence[Cell]], at: int) -> Header | None:
    """The header that begins there: what the row below says more exactly stands in its place."""
    upper, lower = _named(rows[at]), _named(rows[at + 1]) if at + 1 < len(rows) else {}
    if not upper:
        return None
    is_double = bool(lower) and len({*upper.values(), *lower.values()}) > len(set(upper.values()))
    named = upper | lower if is_double else upper
    rows_named = rows[at : at + 2] if is_double else rows[at : at + 1]
    weak = {where for row in rows_named for where, cell in enumerate(row) if _bare(plain(cell)) in WEAK}
    columns: dict[Column, tuple[int, ...]] = {}
    for where, column in sorted(_meant(named, weak).items()):
        columns[column] = (*columns.get(column, ()), where)
    return Header(columns, at + 2 if is_double else at + 1) if _is_enough(columns) else None


def find_header(rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The first that says who and where, or who alone."""
    return next(filter(None, (header_at(rows, at) for at in range(min(len(rows), LOOKED_AT)))), None)


def _named(row: Sequence[Cell]) -> dict[int, Column]:
    found = ((at, column_of(plain(cell))) for at, cell in enumerate(row))
    return {at: column for at, column in found if column is not None}


def _meant(named: Mapping[int, Column], weak: Collection[int]) -> Mapping[int, Column]:
    """Without the weak ones that another stands beside."""
    strong = {column for where, column in named.items() if where not in weak}
    if strong & {Column.BUILDING, Column.FLAT}:
        strong |= {Column.ADDRESS}
    return {where: column for where, column in named.items() if where not in weak or column not in strong}


def _is_enough(columns: Mapping[Column, tuple[int, ...]]) -> bool:
    where = {Column.ADDRESS, Column.BUILDING, Column.FLAT} & columns.keys()
    return Column.NUMBER in columns or (bool(where) and bool({Column.NAME, Column.PEOPLE} & columns.keys()))
