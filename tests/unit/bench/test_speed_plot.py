"""What somebody who looks at the picture of the speeds is told."""

from xml.etree import ElementTree

import pytest

from speed_figures import Figures, Line, Spread, figures
from speed_plot import LIMIT, ON_TOP, USUAL, speed_plot, spoken

SVG = "{http://www.w3.org/2000/svg}"


def took(total, limit):
    return Figures({}, Spread(total, total), Spread(limit, limit), Spread(total / limit, total / limit))


def bars(picture, colour):
    """Left edge and width of the bars of a colour, from the top; the first is the legend's."""
    found = [box for box in ElementTree.fromstring(picture).iter(f"{SVG}rect") if box.get("fill") == colour]  # noqa: S314
    return [(float(box.attrib["x"]), float(box.attrib["width"])) for box in found[1:]]


def words(picture):
    return [" ".join(text.itertext()) for text in ElementTree.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314


def test_each_line_has_its_limit_what_is_on_top_and_the_usual_way_beside_it():
    serial = Line("9600 baud", "label & voucher", took(1000.0, 100.0), took(10_000.0, 9_000.0))
    network = Line("TCP", "voucher", took(400.0, 399.0), took(1000.0, 900.0))
    picture = speed_plot([serial, network])
    (left, limit), (_, other_limit) = bars(picture, LIMIT)
    (start, on_top), (_, thin) = bars(picture, ON_TOP)
    (_, usual), (_, other_usual) = bars(picture, USUAL)
    # From 100 ms to 10 s: each power of ten is half of the axis, and the first bar's limit has no length.
    assert (limit, start) == (0.0, left)
    assert on_top == pytest.approx(usual / 2)
    assert other_usual == pytest.approx(usual / 2)
    assert 0 < thin < other_limit < on_top
    assert "1.00 s limit 100 ms + 900.0 ms" in words(picture)
    assert "10.0 s 10 times as long" in words(picture)
    assert "1.00 s 2.5 times as long" in words(picture)
    assert "label & voucher" in words(picture)


@pytest.mark.parametrize(
    ("ms", "text"), [(99.6, "100 ms"), (612.4, "612 ms"), (2854.0, "2.85 s"), (28_440.0, "28.4 s")]
)
def test_times_are_said_with_the_digits_that_matter(ms, text):
    assert spoken(ms) == text


@pytest.mark.parametrize(("slowest", "on_target"), [(104.0, True), (106.0, False)])
def test_the_ratio_is_judged_for_each_scan_not_between_medians(slowest, on_target):
    found = figures({"label": 79}, [(102.0, 100.0), (204.0, 200.0), (slowest, 100.0)])
    assert found.ratio.p50 == 1.02
    assert Line("TCP", "voucher", found, found).on_target is on_target
