"""The roster of points, as an office saves it."""

import pytest

from kiosk.office.board.points import Point, PointsError, read_points


def test_chinese_columns_and_either_encoding():
    text = "编号,名称,应采人数,采样台\nwy-0001,东门小学,1200,3\n\nwy-0002,,,\n"
    expected = {"wy-0001": Point("wy-0001", "东门小学", 1200, 3), "wy-0002": Point("wy-0002")}
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert read_points(text.encode(encoding)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("name\nx\n", "no column is called point"),
        ("point,expected\nwy-0001,many\n", "row 2: 'many' is no number"),
        ("point\nwy-0001\nwy-0001\n", "row 3: the point wy-0001 stands there twice"),
        ("point,name\n,x\n", "row 2: no point is named"),
    ],
)
def test_what_is_no_roster_is_said_with_its_row(text, why):
    with pytest.raises(PointsError, match=why):
        read_points(text.encode())
