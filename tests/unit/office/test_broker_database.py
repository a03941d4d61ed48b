"""A database of mosquitto that a power cut left behind: what is whole, what is not, and where it is kept."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.office.brokers.database import HEAD, fault, move_aside

HEADED = HEAD + struct.pack(">II", 0, 6)


def piece(kind: int, body: bytes) -> bytes:
    return struct.pack(">II", kind, len(body)) + body


WHOLE = HEADED + piece(1, bytes(16)) + piece(2, b"message") + piece(4, bytes(8))


@pytest.fixture
def judged(tmp_path):
    def judge(data: bytes) -> str | None:
        file = tmp_path / "mosquitto.db"
        file.write_bytes(data)
        return fault(file)

    return judge


@pytest.mark.parametrize("data", [WHOLE, HEADED, HEAD + struct.pack(">II", 0, 99) + b"of another release"])
def test_whole_and_what_cannot_be_judged_is_left_alone(judged, data):
    assert judged(data) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes(5000), "begins with zeros"),
        (b"", "begins with zeros"),
        (b"SQLite format 3\0", "is no database of mosquitto"),
        (HEAD + b"\0\0", "ends in its head"),
        (WHOLE[:-1], "is cut off after 62 bytes"),
        (WHOLE[:-12], "is cut off after 62 bytes"),
        (WHOLE[:47] + bytes(len(WHOLE) - 47), "holds something else from byte 47 on"),
    ],
)
def test_what_is_broken_is_said(judged, data, words):
    assert judged(data) == words


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_no_cut_but_between_two_pieces_passes(tmp_path_factory, cut):
    file = tmp_path_factory.mktemp("cut") / "mosquitto.db"
    file.write_bytes(WHOLE[:cut])
    assert (fault(file) is None) == (cut in {23, 47, 62})


def test_nothing_that_was_kept_before_is_overwritten(tmp_path):
    file = tmp_path / "mosquitto.db"
    for n in (1, 2):
        file.write_bytes(b"%d" % n)
        assert move_aside(file) == tmp_path / f"mosquitto.db.damaged-{n}"
    assert (tmp_path / "mosquitto.db.damaged-1").read_bytes() == b"1"
    assert not file.exists()
