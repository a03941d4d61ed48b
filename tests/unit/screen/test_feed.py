"""The kiosk's end of the line to its pages: nobody who reads, or does not, holds it up."""

import json
import os
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model import StaffAction
from kiosk.screen.feed import MOST_READERS, Feed
from kiosk.screen.lines import LONGEST_ACT, Kind, NotALine, Pressed, heard, pressed


def line(text: str, kind: Kind = Kind.STAFF) -> dict[Kind, bytes]:
    return {kind: json.dumps(text).encode() + b"\n"}


@pytest.fixture
def feed(tmp_path):
    feed = Feed(tmp_path / "s")
    feed.open()
    yield feed
    feed.close()


def reader(feed: Feed) -> socket.socket:
    came = socket.socket(socket.AF_UNIX)
    came.connect(str(feed._path))  # noqa: SLF001
    came.settimeout(5)
    feed.turn(1)
    return came


def test_whoever_comes_late_is_told_the_newest_of_each_kind(feed):
    feed.tell(line("old"))
    feed.tell(line("new") | line("face", Kind.RESIDENT))
    with reader(feed) as came:
        assert came.recv(100) == b'"new"\n"face"\n'


def test_one_who_never_reads_costs_nobody_and_hears_the_newest_when_he_does(feed):
    with reader(feed) as asleep, reader(feed) as awake:
        for n in range(300):
            feed.tell(line(f"{n} " + "x" * 20_000))
            feed.turn(0)
            assert awake.recv(100_000)
        with awake:
            waiting = sum(len(r.owed) for r in feed._readers.values())  # noqa: SLF001
        assert waiting <= 2
        got = b""
        while b'"299 ' not in got[-30_000:]:
            feed.turn(0)
            got += asleep.recv(100_000)
        assert got.count(b"\n") < 50, "what was old by then was not told"


def test_what_is_pressed_arrives_whole_even_in_pieces(feed):
    act = Pressed(StaffAction.YES, "slip-7", "平板")
    with reader(feed) as came:
        data = pressed(act)
        came.sendall(data[:9])
        assert feed.turn(1) == []
        came.sendall(data[9:])
        assert feed.turn(1) == [act]


@pytest.mark.parametrize(
    "noise", [b"\n", b"{}\n", b"[" * 400 + b"\n", b'{"act":"drop","about":"","device":""}\n', b"x" * 600]
)
def test_noise_is_hung_up_on_and_the_next_one_served(feed, noise):
    with reader(feed) as came:
        came.sendall(noise)
        for _ in range(3):
            assert feed.turn(0.2) == []
        assert not feed.watched
    with reader(feed) as came:
        came.sendall(pressed(Pressed(StaffAction.SEAL, "", "screen")))
        assert [each.act for each in feed.turn(1)] == [StaffAction.SEAL]


def test_one_who_says_nonsense_again_and_again_fills_no_log(feed, said):
    for noise in (b"{}\n", b"x" * 600) * 10:
        with reader(feed) as came:
            came.sendall(noise)
            for _ in range(2):
                assert feed.turn(0.2) == []
            assert not feed.watched
    assert [line["why"] for line in said()] == ["no act of a page", "a line without an end"]


@pytest.mark.parametrize("field", ["about", "device"])
def test_half_a_character_is_no_text(field):
    act = {"act": "yes", "about": "slip-7", "device": "screen"} | {field: "\ud800"}
    with pytest.raises(NotALine):
        heard(json.dumps(act).encode())


def test_more_than_a_few_readers_are_sent_away(feed):
    came = [reader(feed) for _ in range(MOST_READERS + 1)]
    assert came[-1].recv(10) == b""
    for each in came:
        each.close()


def test_a_socket_of_an_earlier_life_is_no_hindrance_and_another_file_is_kept(tmp_path):
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "s"))
    left.close()
    feed = Feed(tmp_path / "s")
    feed.open()
    feed.close()
    (tmp_path / "s").write_text("not a socket")
    with pytest.raises(OSError, match="in use"):
        Feed(tmp_path / "s").open()
    assert (tmp_path / "s").read_text() == "not a socket"


def test_only_user_and_group_reach_it(feed):
    assert os.stat(feed._path).st_mode & 0o777 == 0o660  # noqa: PTH116, SLF001


def test_it_is_woken_from_another_thread(feed):
    feed.wake()
    began = time.monotonic()
    feed.turn(30)
    assert time.monotonic() - began < 15


@given(st.binary(max_size=LONGEST_ACT))
def test_any_bytes_are_an_act_or_refused(data):
    try:
        found = heard(data)
    except NotALine:
        return
    assert heard(pressed(found).rstrip()) == found
