"""The list of who is expected that the centre sends: a later one takes the place of an earlier, never the other way."""

import pytest

from kiosk.app.roster_file import keep_told
from kiosk.model import Roster, RosterHead
from kiosk.roster import NotARoster


def reader(data: bytes) -> Roster:
    """Its text says when it was made."""
    if not data.isdigit():
        raise NotARoster("is none")
    return Roster("r1", "wy-0352", RosterHead(int(data), ()), ())


@pytest.mark.parametrize(
    ("there", "told", "stands"),
    [
        (None, b"5", b"5"),
        (b"5", b"6", b"6"),
        (b"6", b"5", b"6"),
        (b"6", b"forged", b"6"),
        (b"of another round", b"5", b"5"),
    ],
)
def test_the_latest_stays(tmp_path, there, told, stands):
    file = tmp_path / "roster.told"
    if there is not None:
        file.write_bytes(there)
    keep_told(told, file, reader)
    assert file.read_bytes() == stands
