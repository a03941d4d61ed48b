"""Bytes of the manual to commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.virtual.printer import commands as c
from kiosk.virtual.printer.commands import Mode, What
from kiosk.virtual.printer.parser import Parser


def parse(data: bytes) -> list[c.Command]:
    return [parsed.command for parsed in Parser().feed(data)]


@pytest.mark.parametrize(
    ("data", "command"),
    [
        ("1b40", c.Initialise()),
        ("1b2138", Mode(What.PRINT_MODE, 0x38)),
        ("1d2111", Mode(What.SIZE, 0x11)),
        ("1b6101", Mode(What.ALIGN, 1)),
        ("1b6403", c.FeedLines(3)),
        ("1b4a28", c.FeedDots(40)),
        ("0a", c.LineFeed()),
        ("0d", c.Return()),
        ("09", c.Tab()),
        ("0c", c.ToMark()),
        ("1d0c", c.ToMark()),
        ("1b32", Mode(What.LINE_SPACING, 30)),
        ("1b3318", Mode(What.LINE_SPACING, 24)),
        ("1b4501", Mode(What.BOLD, 1)),
        ("1b2d02", Mode(What.UNDERLINE, 2)),
        ("1b4d01", Mode(What.FONT, 1)),
        ("1b7410", Mode(What.CODE_PAGE, 16)),
        ("1b520f", Mode(What.NATION, 15)),
        ("1b2002", Mode(What.CHAR_SPACING, 2)),
        ("1b5cfeff", c.Move(-2, absolute=False)),
        ("1b242c01", c.Move(300, absolute=True)),
        ("1d4c1000", Mode(What.LEFT_MARGIN, 16)),
        ("1d578001", Mode(What.AREA_WIDTH, 384)),
        ("1d5600", c.Cut(full=True, feed=None)),
        ("1d5601", c.Cut(full=False, feed=None)),
        ("1d5630", c.Cut(full=True, feed=None)),
        ("1d5631", c.Cut(full=False, feed=None)),
        ("1d564105", c.Cut(full=True, feed=5)),
        ("1d564200", c.Cut(full=False, feed=0)),
        ("1d284c0200 3032", c.Graphics(b"02")),
        ("1d384c02000000 3032", c.Graphics(b"02")),
        ("1b2a000200 ff01", c.ColumnImage(0, b"\xff\x01")),
        ("1b2a210100 ff0180", c.ColumnImage(33, b"\xff\x01\x80")),
        ("1d6850", Mode(What.BAR_HEIGHT, 80)),
        ("1d7702", Mode(What.BAR_MODULE, 2)),
        ("1d4802", Mode(What.HRI, 2)),
        ("1d6601", Mode(What.HRI_FONT, 1)),
        ("1d6b4904 7b43010c", c.Barcode(73, b"{C\x01\x0c")),
        ("1d6b04 414200", c.Barcode(4, b"AB")),
        ("1d286b0400 31413200", c.Qr(65, b"2\0")),
        ("1d286b0300 314306", c.Qr(67, b"\x06")),
        ("1d286b0300 314531", c.Qr(69, b"1")),
        ("1d286b0500 3150306869", c.Qr(80, b"0hi")),
        ("1d286b0300 315130", c.Qr(81, b"0")),
        ("1d286b0300 315230", c.Qr(82, b"0")),
        ("1c26", Mode(What.CHINESE, 1)),
        ("1c2e", Mode(What.CHINESE, 0)),
        ("1c530002", c.ChineseSpacing(0, 2)),
        ("1c210c", Mode(What.CHINESE_MODE, 12)),
        ("1c5701", Mode(What.CHINESE_QUAD, 1)),
        ("1c2d01", Mode(What.CHINESE_UNDERLINE, 1)),
        ("1d7201", c.AskStatus(1)),
        ("1d610f", c.AutoStatus(15)),
        ("1d4945", c.Identify(69)),
        ("1d28480600 3030 30303031", c.ProcessId(b"0001")),
        ("1b420302", c.Ignored(b"\x1bB\x03\x02")),
        ("1b70001932", c.Ignored(b"\x1bp\0\x19\x32")),
        ("1b633500", c.Ignored(b"\x1bc5\0")),
        ("1b3d01", Mode(What.SELECT, 1)),
        ("1d4201", Mode(What.INVERT, 1)),
        ("1b7b01", Mode(What.UPSIDE_DOWN, 1)),
        ("1b5601", Mode(What.ROTATE, 1)),
        ("100401", c.RealTimeStatus(1)),
        ("100502", c.Recover(2)),
        ("1014010001", c.RealTimePulse()),
        ("1014020108", c.SwitchOff()),
        ("101408 01031401060208", c.ClearBuffers()),
        ("1014080103140106 0209", c.Unknown(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x09")),
        ("1b5a", c.Unknown(b"\x1bZ")),
        ("1d28450300 060201", c.Unknown(b"\x1d(E\x03\0\x06\x02\x01")),
    ],
)
def test_a_command_of_the_manual(data: str, command: c.Command) -> None:
    assert parse(bytes.fromhex(data)) == [command]


def test_raster_comes_row_by_row() -> None:
    assert parse(bytes.fromhex("1d763001 0200 0200 aabb ccdd")) == [
        c.RasterRow(1, b"\xaa\xbb"),
        c.RasterRow(1, b"\xcc\xdd"),
    ]


def test_a_real_time_command_between_commands_is_seen() -> None:
    assert parse(b"A\x10\x04\x01B") == [c.Text(65), c.RealTimeStatus(1), c.Text(66)]


@pytest.mark.parametrize("data", [b"\x1d\x76\x30\x00\x03\x00\x01\x00\x10\x04\x01", b"\x1dkI\x05{B\x10\x04\x01"])
def test_a_real_time_command_inside_parameters_is_data(data: bytes) -> None:
    (command,) = parse(data)
    assert not isinstance(command, c.RealTime)


def test_after_an_unknown_command_the_rest_is_text() -> None:
    assert parse(b"\x1bZhi") == [c.Unknown(b"\x1bZ"), c.Text(104), c.Text(105)]


def test_a_lone_dle_does_not_hide_what_follows() -> None:
    assert parse(b"\x10\x1b@") == [c.Initialise()]


def test_where_a_command_ended() -> None:
    assert [(p.size, p.end) for p in Parser().feed(b"A\x1b@\x1da\xff")] == [(1, 1), (2, 3), (3, 6)]


PIECES = [
    b"\x1b@",
    b"\x1da\xff",
    b"\x10\x04\x01",
    b"\x1dv0\0\2\0\2\0\x10\x04\x01\x02",
    b"\x1d(k\3\x001Q0",
    b"\x1dkI\5{Bab\n",
    b"\x1dk\4ab\0",
    b"\x1d8L\2\0\0\x0002",
    b"\x1b*\x21\1\0abc",
    "核酸\n".encode("gbk"),
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8)), st.lists(st.integers(1, 7), min_size=1))
def test_chunks_do_not_matter(pieces: list[bytes], sizes: list[int]) -> None:
    data = b"".join(pieces)
    parser, found, at, turn = Parser(), [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        found += [parsed.command for parsed in parser.feed(data[at : at + size])]
        at, turn = at + size, turn + 1
    assert found == parse(data)


@given(st.binary())
def test_noise_never_raises_and_every_byte_is_accounted_for(data: bytes) -> None:
    parser = Parser()
    assert sum(parsed.size for parsed in parser.feed(data)) + parser.partial == len(data)
