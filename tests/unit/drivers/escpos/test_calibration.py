"""The calibration slip against a printer that knows next to nothing."""

import pytest

from drivers.escpos.calibration import DIGITS, MIDDLE, NARROW, WIDE, calibration_slip
from drivers.escpos.encoder import CUT, FILL

ACTING = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x10, 0x14, 0x1B, 0x1C, 0x1D}
"""Bytes that feed, move, begin a command or a real-time request."""


@pytest.mark.parametrize(
    ("number", "begins", "commands"),
    [
        (4, b"4 Code 128\n", [b"\x1ba", b"\x1dh", b"\x1dw", b"\x1dH", b"\x1dk"]),
        (5, b"5 QR\n", [b"\x1ba", b"\x1d(k"]),
        (6, b"6 GS v 0\n", [b"\x1dv0"]),
        (7, b"7 ", [b"\x1b*"]),
    ],
)
def test_what_follows_an_unknown_command_is_no_command(number, begins, commands):
    _, _, rest = calibration_slip().split(FILL)[number - 1].removesuffix(b"\n").partition(begins)
    for command in commands:
        assert command in rest
        rest = rest.replace(command, b"")
    assert set(rest) & ACTING == set()


def test_the_barcodes_data_are_digits_and_no_tubes_number():
    assert b"\x1dk\x49\x08{C012345" in calibration_slip()
    assert int(DIGITS) % 97 != 1


def test_each_trial_clears_what_the_one_before_left_in_the_line():
    trials = calibration_slip().split(FILL)[:-1]
    assert len(trials) == 10
    assert all(trial.startswith(b"\x1b@\x1c&") for trial in trials)


def test_a_ruler_has_the_columns_that_it_names():
    assert [(len(ruler), f", {len(ruler)} -" in ruler) for ruler in (NARROW, MIDDLE, WIDE)] == [
        (32, True),
        (42, True),
        (48, True),
    ]


def test_the_slip_is_cut_once_at_its_end_below_the_line_that_asks_for_it():
    *others, last = calibration_slip().split(FILL)[:-1]
    assert last.endswith(CUT)
    assert b"10 GS V\n" in last
    assert not any(CUT in trial for trial in others)
