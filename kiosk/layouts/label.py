"""The tube label: it lies along the tube, its codes across the paper, and goes round it within 45 mm of paper."""

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Tube
from kiosk.ports import Align, Barcode, Element, Pair, Space, Text, columns

BAR_HEIGHT = 72
BAR_MODULE = 3
"""A 12-digit code in set C has 101 modules: 38 mm at 3 dots, which lies along a tube of 100 mm."""
LARGE = 3


def label(tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    code = tube.code or ""
    return (
        _heading(head.pool(tube.capacity), tube.building, head.columns),
        Space(6),
        Barcode(code, BAR_HEIGHT, BAR_MODULE),
        Space(4),
        Text(grouped(code), width=2, height=2, align=Align.CENTRE, bold=True),
        Pair(Text(head.point), Text(head.time(tube.at)[5:])),
    )


def _heading(pool: str, building: str, line_columns: int) -> Element:
    """As large as the paper allows: what a sampler must see at arm's length."""
    width = max(1, min(LARGE, (line_columns - 1) // columns(pool + building)))
    if not building:
        return Text(pool, width=width, height=LARGE, bold=True, align=Align.CENTRE)
    return Pair(*(Text(text, width=width, height=LARGE, bold=True) for text in (pool, building)))
