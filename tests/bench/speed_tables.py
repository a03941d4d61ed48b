"""The bench's figures as tables for a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from kiosk.virtual.demo.report import HOPS
from speed_figures import RATIO_P50, RATIO_P99, Figures, Line

COLUMNS = (
    "label\nbytes",
    "voucher\nbytes",
    "total\np50",
    "total\np99",
    "limit\np50",
    "limit\np99",
    "on top\np50",
    "ratio\np50",
    "ratio\np99",
    "times\nfaster",
)


def ways_table(lines: Iterable[Line], residents: int) -> Table:
    table = Table(title=f"Scan to last dot, ms: 58 mm, 150 mm/s, {residents} residents", caption_justify="left")
    table.caption = (
        f"limit: the same bytes back-to-back and the paper at the head's speed. Target: ratio at most {RATIO_P50}"
        f" at p50 and {RATIO_P99} at p99; [bold red]!![/] misses it.\n"
        "as pictures: the same slips drawn with Pillow and printed by python-escpos as raster, from the call on."
    )
    table.add_column("")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for line in lines:
        mark = "" if line.on_target else "[bold red]!![/] "
        table.add_row(f"{mark}{line.title}\n{line.slips}", *_cells(line.ours), f"{line.times_faster:.1f}")
        table.add_row("as pictures", *_cells(line.usual), "", style="dim", end_section=True)
    return table


def hops_table(hops: Mapping[str, Mapping[str, Any]]) -> Table:
    """`hops`: for each line what the summary calls `hops_ms`."""
    table = Table(title="Hops of the kiosk's way, p50 / p99 (ms)")
    for column in ("", *HOPS):
        table.add_column(column, justify="right" if column else "left")
    for title, found in hops.items():
        table.add_row(title, *(f"{found[hop]['p50']:.1f} / {found[hop]['p99']:.1f}" for hop in HOPS))
    return table


def _cells(found: Figures) -> tuple[str, ...]:
    sizes = (f"{found.sizes[kind]}" if kind in found.sizes else "-" for kind in ("label", "voucher"))
    times = (found.total.p50, found.total.p99, found.limit.p50, found.limit.p99, found.on_top)
    return (*sizes, *(f"{ms:.1f}" for ms in times), f"{found.ratio.p50:.3f}", f"{found.ratio.p99:.3f}")
