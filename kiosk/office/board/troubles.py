"""What somebody should see to at a table. Pure."""

from collections.abc import Iterable

from kiosk.frozen import dataclass
from kiosk.messages import Gauges, Health
from kiosk.office.board.tables import GONE, Table

TUBE_LIMIT_S = 4 * 3600
"""So long after the first person a tube has to be in the laboratory."""
LOW_MB = 500
HOT = 80.0
NO_TROUBLE = ("ready", "unknown")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong at a table, or at a point as a whole (`kiosk` is empty): a word for programs, and of which part."""

    kiosk: str
    what: str
    part: str = ""


def troubles_of(table: Table, now_s: float) -> Iterable[Trouble]:
    """What somebody should see to; of a table that was stopped in good order only what stays true."""
    kiosk = table.at.kiosk
    if table.state == "lost":
        yield Trouble(kiosk, "silent")
    if table.twin_s is not None:
        yield Trouble(kiosk, "two-of-one-name")
    if table.state in GONE:
        return
    if table.clock_off_s:
        yield Trouble(kiosk, "clock-ahead", f"{table.clock_off_s} s")
    elif table.status is not None and not table.status.clock_trusted:
        yield Trouble(kiosk, "clock-unset")
    if table.health is not None:
        yield from _of_health(kiosk, table.health)
    if table.gauges is not None:
        yield from _of_machine(kiosk, table.gauges)
    oldest_s = oldest_tube_s(table)
    if oldest_s is not None and now_s - oldest_s > TUBE_LIMIT_S:
        yield Trouble(kiosk, "tube-too-old")


def _of_health(kiosk: str, health: Health) -> Iterable[Trouble]:
    for printer, conditions in health.printers.items():
        yield from (Trouble(kiosk, each, printer) for each in conditions if each not in NO_TROUBLE)
    yield from (Trouble(kiosk, "gone", device) for device, up in health.devices.items() if not up)
    if health.journal != "whole":
        yield Trouble(kiosk, "journal", health.journal)


def _of_machine(kiosk: str, gauges: Gauges) -> Iterable[Trouble]:
    if gauges.free_mb is not None and gauges.free_mb < LOW_MB:
        yield Trouble(kiosk, "disk-low", f"{gauges.free_mb} MB")
    if gauges.celsius is not None and gauges.celsius > HOT:
        yield Trouble(kiosk, "hot", f"{gauges.celsius:.0f} °C")


def oldest_tube_s(table: Table) -> float | None:
    gauges = table.gauges
    return None if gauges is None or gauges.oldest_tube is None else gauges.oldest_tube / 1000
