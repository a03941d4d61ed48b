"""A point's page: its tables one by one, and its units. Pure."""

from collections.abc import Mapping

from kiosk.frozen import dataclass
from kiosk.messages.units import Unit
from kiosk.office.board.district import District
from kiosk.office.board.figures import Tile, tile
from kiosk.office.board.tables import Table
from kiosk.office.board.troubles import oldest_tube_s


@dataclass(frozen=True, slots=True)
class TablePage:
    """One table on its point's page."""

    kiosk: str
    state: str
    people: int
    exempt: int
    refused: Mapping[str, int]
    lives: int
    printers: Mapping[str, list[str]]
    devices: Mapping[str, bool]
    journal: str
    clock_trusted: bool
    tubes: Mapping[str, int]
    boxes: Mapping[str, int]
    oldest_tube_s: float | None
    p50_ms: float | None
    p99_ms: float | None
    hops_ms: Mapping[str, float]
    free_mb: int | None
    celsius: float | None
    release: str
    heard_s: float
    counted_s: float


@dataclass(frozen=True, slots=True)
class PointPage:
    """A point with its tables, and its units as they stand over all of them."""

    tile: Tile
    tables: tuple[TablePage, ...]
    units: tuple[Unit, ...]
    called: str | None


def page(district: District, point: str, now_s: float) -> PointPage | None:
    """None for a point that nobody knows."""
    if point not in district.known:
        return None
    tables = district.tables_of(point)
    called = next((table.units.called for table in _by_news(tables) if table.units is not None), None)
    return PointPage(tile(district, point, tables, now_s), tuple(map(_table_page, tables)), _units(tables), called)


def _by_news(tables: tuple[Table, ...]) -> list[Table]:
    return sorted(tables, key=lambda table: -(table.units.ts or 0) if table.units is not None else 0)


def _units(tables: tuple[Table, ...]) -> tuple[Unit, ...]:
    """Each table knows what the others did: the one that was heard last has it all."""
    newest = next((table.units for table in _by_news(tables) if table.units is not None), None)
    return () if newest is None else tuple(newest.units)


def _table_page(table: Table) -> TablePage:
    health, gauges, status = table.health, table.gauges, table.status
    refused: dict[str, int] = {}
    for life in table.lives.values():
        for reason, n in life.refused.items():
            refused[reason] = refused.get(reason, 0) + n
    return TablePage(
        table.at.kiosk,
        table.state,
        table.samples,
        table.exempt,
        refused,
        len(table.lives),
        {} if health is None else health.printers,
        {} if health is None else health.devices,
        "" if health is None else health.journal,
        status is not None and status.clock_trusted,
        {} if gauges is None else gauges.tubes,
        {} if gauges is None else gauges.boxes,
        oldest_tube_s(table),
        None if gauges is None else gauges.p50_ms,
        None if gauges is None else gauges.p99_ms,
        {} if gauges is None else gauges.hops_ms,
        None if gauges is None else gauges.free_mb,
        None if gauges is None else gauges.celsius,
        "" if gauges is None else gauges.release,
        table.heard_s,
        table.counted_s,
    )
