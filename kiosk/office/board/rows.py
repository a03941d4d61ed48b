"""The board as a table, a row a point."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from kiosk.office.board.figures import Tile

COLUMNS = ("point", "name", "state", "people", "expected", "per_hour", "tables", "troubles", "oldest_tube", "counted")


def write(tiles: Iterable[Tile], file: TextIO, zone: ZoneInfo) -> None:
    """As CSV; `file` ends no line by itself."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(row(tile, zone) for tile in tiles)


def row(tile: Tile, zone: ZoneInfo) -> Iterator[object]:
    troubles = "; ".join(" ".join(filter(None, (each.kiosk, each.what, each.part))) for each in tile.troubles)
    yield from (
        _plain(tile.point),
        _plain(tile.name),
        tile.state,
        tile.people,
        tile.expected,
        tile.per_hour,
        tile.tables,
    )
    yield _plain(troubles)
    for at_s in (tile.oldest_tube_s, tile.counted_s):
        yield "" if at_s is None else datetime.fromtimestamp(at_s, zone).isoformat(timespec="seconds")


def _plain(text: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
