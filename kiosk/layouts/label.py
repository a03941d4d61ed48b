"""The tube label: it lies along the tube, its codes across the paper, and goes round it within 45 mm of paper.

A cut label is as long as what is printed on it and the way from the head to the cutter: no more can be printed before
the paper has gone that way. That is 8 to 20 mm, so 25 mm are left for all lines, on a copy too.
"""

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Tube
from kiosk.ports import Align, Barcode, Element, Pair, Space, Text, columns

BAR_HEIGHT, LOW_BAR_HEIGHT = 72, 60
"""Dots: 9 mm, and 7.5 where a copy has a building; a sixth of the symbol's length is what a reader wants."""
BAR_MODULE = 3
"""A 12-digit code in set C has 101 modules: 38 mm at 3 dots, which lies along a tube of 100 mm."""
LARGE, TALL = 3, 2


def label(tube: Tube, head: Letterhead, marked: bool = False) -> tuple[Element, ...]:
    """`marked`: a line that calls it a copy stands above, in the place of one of its own; a building takes one too.
    How many go into the tube and whose they are never stand in one line: 10混1 3号楼 was read as building 13."""
    code, building = grouped(tube.code or ""), tube.building
    is_full = marked and bool(building)
    return (
        _large(head.pool(tube.pool), head.columns, LARGE, 1 if is_full else TALL),
        *((_large(building, head.columns, 2, 1),) if building else ()),
        Barcode(tube.code or "", LOW_BAR_HEIGHT if is_full else BAR_HEIGHT, BAR_MODULE),
        Space(2),
        *(_in_one_line(code, tube, head) if marked or building else _in_two_lines(code, tube, head)),
    )


def _in_two_lines(code: str, tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    large = Text(code, width=2, height=2, align=Align.CENTRE, bold=True)
    return (large, Pair(Text(head.point), Text(head.time(tube.at)[5:])))


def _in_one_line(code: str, tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    """Without the date where the paper is too narrow for it."""
    full = f"{head.point} {head.time(tube.at)[5:]}"
    fits = columns(code) + 1 + columns(full) <= head.columns
    return (Pair(Text(code, height=2, bold=True), Text(full if fits else f"{head.point} {head.clock(tube.at)}")),)


def _large(text: str, line_columns: int, width: int, height: int) -> Text:
    """No wider than the paper allows."""
    fits = max(1, min(width, line_columns // columns(text)))
    return Text(text, width=fits, height=height, bold=True, align=Align.CENTRE)
