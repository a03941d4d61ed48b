"""A serial scanner's port is opened while it sends: what is left of that code is nobody's scan, the next one is."""

import pytest

from drivers.scan_frames import Framing
from drivers.serial_scanner.orders import Model
from kiosk.ports import FrameError, TextScan
from kiosk.virtual.scanner_orders import Maker

TOKEN = b"1101991990010100107" * 10 + b"0123456789"
"""200 characters, of which many a part is a code by itself."""
NEXT = b"110199199001010010"
BAUD = 9600
BYTE_S = 10 / BAUD
FRAMINGS = pytest.mark.parametrize(
    ("framing", "prefix", "suffix"),
    [
        ("cr", b"", b"\r"),
        ("cr", b"", b"\r\n"),
        ("lf", b"", b"\n"),
        ("crlf", b"", b"\r\n"),
        ("tab", b"", b"\t"),
        ("stx-etx", b"\x02", b"\x03"),
        ("gap", b"", b""),
    ],
)
BOOT = b"\r\nBOOT 2.14\r\nSN 4711-0815\r\nCRC OK\r\nREADY\r\n"


def told(rig, seconds=1.5):
    """All that the driver gives within the time."""
    end, found = rig.lines.now_s() + seconds, []
    while rig.lines.now_s() < end:
        try:
            found.append(rig.driver.read(0.25))
        except FrameError as error:
            found.append(error)
    return [each for each in found if each is not None]


def open_again_after(rig, seconds):
    rig.lines.pause(seconds)
    rig.driver.open()


@pytest.mark.parametrize("split", [1, 16])
@FRAMINGS
def test_at_whichever_byte_the_port_is_opened(make_scanner, framing, prefix, suffix, split):
    far = {"prefix": prefix, "suffix": suffix, "baud": BAUD, "split": split}
    rig = make_scanner(far, framing=Framing(framing), baud=BAUD)
    sent = prefix + TOKEN + suffix
    for at in range(1, len(sent)):
        rig.driver.close()
        rest = rig.hold_up(TOKEN)
        open_again_after(rig, (at + 0.5) * BYTE_S)
        # Where a sign tells the beginning, a code that had not begun is not lost.
        assert told(rig) in ([], [TextScan(TOKEN)] if prefix else []), at
        rest.join()
        rig.hold_up(NEXT)
        assert told(rig) == [TextScan(NEXT)], at


@FRAMINGS
def test_after_whichever_stall_the_rest_comes(make_scanner, framing, prefix, suffix):
    rig = make_scanner({"baud": BAUD, "suffix": suffix}, framing=Framing(framing), baud=BAUD)
    for at in range(1, len(TOKEN), 7):
        for stall_s in (0.0, 0.01, 0.2, 0.4, 0.48):
            if framing == "gap" and stall_s > 0.01:
                continue
            rig.driver.close()
            rig.lines.pause(0.1)
            rig.lines.later(stall_s, rig.hold_up, TOKEN[at:])
            rig.driver.open()
            assert told(rig) == [], (at, stall_s)
            rig.scanner.present_raw(prefix + NEXT + suffix)
            assert told(rig) == [TextScan(NEXT)], (at, stall_s)


@pytest.mark.also_over_terminals
def test_the_rest_of_a_code_is_no_person_and_the_next_is_read(make_scanner):
    rig = make_scanner({"baud": BAUD}, baud=BAUD)
    rig.driver.close()
    rest = rig.hold_up(TOKEN)
    open_again_after(rig, 0.1)
    rest.join()
    rig.scanner.present(NEXT)
    assert told(rig) == [TextScan(NEXT)]


@pytest.mark.also_over_terminals
def test_the_first_code_after_a_silent_opening_is_read_at_once(make_scanner):
    rig = make_scanner({})
    rig.hold_up(NEXT)
    assert rig.driver.read(5) == TextScan(NEXT)


def test_a_code_that_follows_the_rest_of_another_at_once_is_read(make_scanner):
    """Two people at one scanner, or a scanner that kept codes while the line was away."""
    rig = make_scanner({"baud": BAUD}, baud=BAUD)
    rig.driver.close()
    rig.hold_up(TOKEN, NEXT)
    open_again_after(rig, 0.1)
    assert told(rig) == [TextScan(NEXT)]


def test_a_rest_that_stalls_once_more_is_still_no_code(make_scanner):
    rig = make_scanner({})
    rig.driver.close()
    rig.lines.later(0.2, rig.scanner.present_raw, TOKEN[50:100])
    rig.lines.later(1.5, rig.hold_up, TOKEN[100:])
    rig.driver.open()
    assert told(rig, 3.0) == []
    rig.scanner.present(NEXT)
    assert told(rig) == [TextScan(NEXT)]


def test_bytes_without_an_end_do_not_keep_the_port_from_being_opened(make_scanner):
    rig = make_scanner({"baud": BAUD}, baud=BAUD)
    rig.driver.close()
    begun_s = rig.lines.now_s()
    rig.hold_up(b"x" * 10_000)
    rig.driver.open()
    assert rig.lines.now_s() - begun_s < 3.5


@pytest.mark.parametrize("part", [0, 1, 2])
def test_later_packets_of_a_code_are_no_code(make_scanner, part):
    """SSI gives a code's packets no numbers."""
    rig = make_scanner({"maker": Maker.ZEBRA_SSI, "baud": BAUD}, model=Model.SSI, baud=BAUD)
    rig.driver.close()
    rest = rig.hold_up(TOKEN * 4)
    open_again_after(rig, (part * 250 + 100) * BYTE_S)
    assert told(rig, 5.0) == []
    rest.join()
    rig.hold_up(NEXT)
    assert told(rig) == [TextScan(NEXT)]


@pytest.mark.parametrize("begins_s", [0.0, 0.2, 0.7, 1.6])
def test_what_a_scanner_says_at_its_start_is_marked_and_a_code_behind_it_read(make_scanner, begins_s):
    rig = make_scanner({"baud": BAUD}, baud=BAUD)
    rig.driver.close()
    rig.lines.later(begins_s, rig.scanner.present_raw, BOOT)
    rig.driver.open()
    scans = told(rig, 2.5)
    assert [scan.at_start for scan in scans] == [True] * len(scans)
    assert scans[-1] == TextScan(b"READY")
    rig.scanner.present(NEXT)
    (scan,) = told(rig)
    assert (scan, scan.at_start) == (TextScan(NEXT), False)


def test_two_codes_of_two_people_are_not_taken_for_what_a_scanner_says(make_scanner):
    rig = make_scanner({})
    rig.scanner.present(b"WHAT IS THIS")
    first = rig.driver.read(5)
    rig.scanner.present(b"AND THIS")
    assert (first.at_start, rig.driver.read(5).at_start) == (False, False)


def test_stray_bytes_hold_no_code_up(make_scanner):
    rig = make_scanner({})
    rig.scanner.noise(True)
    begun_s = rig.lines.now_s()
    rig.hold_up(NEXT)
    assert rig.driver.read(5) == TextScan(NEXT)
    assert rig.lines.now_s() - begun_s < 0.25
