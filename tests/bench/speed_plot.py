"""The figures as an SVG picture: a pair of bars for each line, on a logarithmic time axis. Pure."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from speed_figures import Line

WIDTH, LEFT, RIGHT = 960, 216, 196
TOP, PAIR, FOOT = 132, 78, 58
BAR, GAP = 22, 4
THINNEST = 3.0
"""Pixels: a few ms on top of half a second would be too thin to see."""
PAPER, INK, QUIET, RULE = "#fbfaf6", "#1d2733", "#5c6873", "#dedad0"
LIMIT, ON_TOP, USUAL = "#2f7f86", "#e2622f", "#b9b2a3"
FONT = "font-family=\"'Noto Sans','DejaVu Sans','Helvetica Neue',Arial,sans-serif\""
TITLE = "From scan to the last dot on paper"
SUBTITLE = "Median, 58 mm paper at 150 mm/s. Logarithmic scale: each step is ten times the one before."
LEGEND = (
    (LIMIT, "wire and paper alone: the limit"),
    (ON_TOP, "on top: the kiosk"),
    (USUAL, "the same slips as pictures (Pillow, python-escpos)"),
)


class Axis:
    """Milliseconds to pixels, from one power of ten to another."""

    def __init__(self, least: float, most: float) -> None:
        self._first, self._last = floor(log10(least)), ceil(log10(most))

    def x(self, ms: float) -> float:
        share = (log10(ms) - self._first) / (self._last - self._first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._first, self._last + 1)]


def speed_plot(lines: Sequence[Line]) -> str:
    """The whole SVG file; on a ground of its own, so that it reads on a white and on a dark page."""
    times = [ms for line in lines for ms in (line.ours.limit.p50, line.ours.total.p50, line.usual.total.p50)]
    axis, bottom = Axis(min(times), max(times)), TOP + PAIR * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + FOOT}" role="img" {FONT}>',
        f"<title>{escape(TITLE)}</title>",
        f"<desc>{escape(' '.join(map(_words, lines)))}</desc>",
        f'<rect width="{WIDTH}" height="{bottom + FOOT}" rx="10" fill="{PAPER}"/>',
        _text(28, 42, TITLE, 22, INK, bold=True),
        _text(28, 66, SUBTITLE, 13, QUIET),
        *_legend(),
        *_grid(axis, bottom),
        *(part for row, line in enumerate(lines) for part in _pair(axis, TOP + PAIR * row, line)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def spoken(ms: float) -> str:
    """With the digits that matter: `612 ms`, `2.85 s`, `28.4 s`."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.1f} s"


def _words(line: Line) -> str:
    ours, usual = spoken(line.ours.total.p50), spoken(line.usual.total.p50)
    return f"{line.title}, {line.slips}: {ours}, of which the limit is {spoken(line.ours.limit.p50)}; pictures {usual}."


def _legend() -> Iterator[str]:
    x = 28.0
    for colour, words in LEGEND:
        yield _box(x, 87, 12, 12, colour)
        yield _text(x + 19, 98, words, 13, INK)
        x += 19 + 7.1 * len(words) + 24


def _grid(axis: Axis, bottom: int) -> Iterator[str]:
    for ms in axis.ticks:
        x = axis.x(ms)
        yield f'<path d="M{x:.1f} {TOP - 10}V{bottom}" stroke="{RULE}"/>'
        label = f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"
        yield _text(x, bottom + 22, label, 13, QUIET, anchor="middle")


def _pair(axis: Axis, top: float, line: Line) -> Iterator[str]:
    """The kiosk's bar above, the usual way's below, and what they are called."""
    ours, usual = line.ours, line.usual
    limit, total = axis.x(ours.limit.p50), axis.x(ours.total.p50)
    end, faster = max(total, limit + THINNEST), axis.x(usual.total.p50)
    yield _text(LEFT - 16, top + 20, line.title, 15, INK, bold=True, anchor="end")
    yield _text(LEFT - 16, top + 39, line.slips, 12, QUIET, anchor="end")
    yield _box(LEFT, top, limit - LEFT, BAR, LIMIT)
    yield _box(limit, top, end - limit, BAR, ON_TOP)
    yield _value(end + 9, top + 16, spoken(ours.total.p50), f"limit {spoken(ours.limit.p50)} + {ours.on_top:.1f} ms")
    yield _box(LEFT, top + BAR + GAP, faster - LEFT, BAR, USUAL)
    times = f"{line.times_faster:.1f}" if line.times_faster < 10 else f"{line.times_faster:.0f}"
    yield _value(faster + 9, top + BAR + GAP + 16, spoken(usual.total.p50), f"{times} times as long")


def _value(x: float, y: float, figure: str, note: str) -> str:
    """One text of two tones, so that its parts cannot drift apart in another font. Haloed against the grid."""
    halo = f'stroke="{PAPER}" stroke-width="4" paint-order="stroke"'
    quiet = f'<tspan dx="8" font-size="12" font-weight="400" fill="{QUIET}">{escape(note)}</tspan>'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="14" font-weight="700" fill="{INK}" {halo}>{figure}{quiet}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, words: str, size: int, colour: str, bold: bool = False, anchor: str = "start") -> str:
    style = f'font-size="{size}" fill="{colour}" text-anchor="{anchor}"' + (' font-weight="700"' if bold else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'
