"""The tube label: it lies along the tube, its codes across the paper, and goes round it within 45 mm of paper.

A cut label is as long as what is printed on it and the way from the head to the cutter: no more can be printed before
the paper has gone that way. That is 8 to 20 mm, so 25 mm are left for all lines, on a copy too.
"""

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Tube
from kiosk.ports import Align, Barcode, Element, Pair, Space, Text, columns

BAR_HEIGHT = 72
BAR_MODULE = 3
"""A 12-digit code in set C has 101 modules: 38 mm at 3 dots, which lies along a tube of 100 mm."""
LARGE, TALL = 3, 2


def label(tube: Tube, head: Letterhead, marked: bool = False) -> tuple[Element, ...]:
    """`marked`: a line that calls it a copy stands above, in the place of one of its own."""
    code = grouped(tube.code or "")
    return (
        _heading(head.pool(tube.pool), tube.building, head.columns),
        Barcode(tube.code or "", BAR_HEIGHT, BAR_MODULE),
        Space(2),
        *(_in_one_line(code, tube, head) if marked else _in_two_lines(code, tube, head)),
    )


def _in_two_lines(code: str, tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    large = Text(code, width=2, height=2, align=Align.CENTRE, bold=True)
    return (large, Pair(Text(head.point), Text(head.time(tube.at)[5:])))


def _in_one_line(code: str, tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    """Without the date where the paper is too narrow for it."""
    full = f"{head.point} {head.time(tube.at)[5:]}"
    fits = columns(code) + 1 + columns(full) <= head.columns
    return (Pair(Text(code, height=2, bold=True), Text(full if fits else f"{head.point} {head.clock(tube.at)}")),)


def _heading(pool: str, building: str, line_columns: int) -> Element:
    """As large as the paper allows: what a sampler must see at arm's length."""
    width = max(1, min(LARGE, (line_columns - 1) // columns(pool + building)))
    if not building:
        return Text(pool, width=width, height=TALL, bold=True, align=Align.CENTRE)
    return Pair(*(Text(text, width=width, height=TALL, bold=True) for text in (pool, building)))
