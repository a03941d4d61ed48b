"""The log is bounded, waits for nobody, and still says what happened."""

import errno
import json
import logging
import os
import sys
from pathlib import Path

import pytest

from kiosk import log
from kiosk.log import LONGEST, MOST_A_SECOND, Bound, say
from kiosk.log.outlet import ROOM, Outlet, never_waiting
from kiosk.virtual.unread_log import UnreadLog


def test_noise_is_bounded_and_hides_no_other_line(said):
    for _ in range(500):
        say("notice", key="refused.unreadable")
    say("notice", key="accepted")
    assert [line["key"] for line in said()] == ["refused.unreadable"] * MOST_A_SECOND + ["accepted"]


def test_what_was_left_out_is_counted_in_the_next_line():
    bound = Bound()
    seen = [bound.passed("scan-failed", {"source": "left"}, at) for at in [0.0] * 30 + [0.5] * 30 + [1.0, 1.5]]
    passed = [fields for fields in seen if fields is not None]
    assert passed == [{"source": "left"}] * 20 + [{"source": "left", "left_out": 40}, {"source": "left"}]


def test_a_clock_that_is_set_back_silences_nobody():
    bound = Bound()
    assert [bound.passed("device", {}, at) for at in [1000.0] * 30 + [10.0]][-1] is not None


def test_a_text_without_end_is_cut(said):
    say("device", why="x" * 100_000)
    assert len(said()[0]["why"]) == LONGEST + 1


def test_a_library_that_says_something_else_each_time_is_bounded_too(said):
    for number in range(500):
        logging.getLogger("a.library").warning("timeout no. %d", number)
    logging.getLogger("another").warning("gone")
    assert [line["event"] for line in said()] == [f"timeout no. {n}" for n in range(MOST_A_SECOND)] + ["gone"]


def test_a_library_whose_warning_cannot_be_put_together_is_told_all_the_same(said):
    log._Libraries().emit(logging.makeLogRecord({"name": "a.library", "msg": "%d", "args": ("no number",)}))  # noqa: SLF001
    assert said() == [{"event": "%d"}]


def test_what_cannot_be_told_fails_nobody(said):
    class Unspeakable:
        def __str__(self):
            raise ValueError("no words")

    say("device", why=Unspeakable())
    say("device", why="\ud800")
    assert [line["event"] for line in said()] == ["device", "device"]


def test_what_is_printed_goes_the_same_way_in_order(said):
    say("first")
    print("a word", "in two parts", file=sys.stderr)  # noqa: T201 - it is what this is about
    say("last")
    assert [line.get("event", line.get("text")) for line in said()] == ["first", "a word in two parts", "last"]


# --- nobody reads


@pytest.fixture
def unread():
    with UnreadLog() as pipe:
        never_waiting(pipe.written)
        yield pipe


def numbered(count):
    return [json.dumps({"event": "notice", "n": n}).encode() + b"\n" for n in range(count)]


def test_what_nobody_reads_waits_in_order_and_is_read_later(unread):
    outlet, lines = Outlet(unread.written), numbered(2000)
    for line in lines:
        outlet.write(line)
    assert unread.read(outlet.catch_up) == b"".join(lines)


def test_what_finds_no_room_is_dropped_and_counted_where_it_is_missing(unread):
    outlet, lines = Outlet(unread.written), numbered(20_000)
    for line in lines:
        outlet.write(line)
    read = unread.read(outlet.catch_up).splitlines(keepends=True)
    kept = len(read) - 1
    assert read[:kept] == lines[:kept]
    assert json.loads(read[-1]) == {"event": "log-dropped", "lines": len(lines) - kept}
    assert ROOM < sum(map(len, read[:kept])) <= ROOM + unread.holds
    outlet.write(b"after\n")
    assert unread.read(outlet.catch_up) == b"after\n"


def test_a_line_longer_than_the_pipe_comes_whole(unread):
    outlet = Outlet(unread.written)
    outlet.write(b"x" * 50_000 + b"\n")
    outlet.write(b"next\n")
    assert unread.read(outlet.catch_up) == b"x" * 50_000 + b"\nnext\n"


def test_a_pipe_that_may_not_be_opened_anew_holds_up_nobody_either():
    """As after sudo: it belongs to another user."""
    with UnreadLog() as pipe:
        outlet, lines = Outlet(pipe.written), numbered(2000)
        assert os.get_blocking(pipe.written)
        for line in lines:
            outlet.write(line)
        assert pipe.read(outlet.catch_up) == b"".join(lines)


def test_whoever_shares_the_pipe_still_waits_as_it_is_used_to():
    with UnreadLog() as pipe:
        other = os.dup(pipe.written)
        never_waiting(pipe.written)
        assert not os.get_blocking(pipe.written)
        assert os.get_blocking(other)
        os.close(other)


def test_a_reader_that_is_gone_fails_nobody(unread):
    outlet = Outlet(unread.written)
    unread.hang_up()
    for line in numbered(20_000):
        outlet.write(line)
    assert outlet.flush(0.01), "nothing is kept for nobody"


@pytest.mark.parametrize("number", [errno.EBADF, errno.EIO, errno.ENOSPC, errno.EPIPE])
def test_a_descriptor_that_fails_costs_only_its_lines(monkeypatch, number, tmp_path):
    with (tmp_path / "log").open("wb") as file:
        outlet, true = Outlet(file.fileno()), os.write

        def fails(*_):
            raise OSError(number, "fails")

        monkeypatch.setattr(os, "write", fails)
        outlet.write(b"lost\n")
        outlet.write(b"lost too\n")
        monkeypatch.setattr(os, "write", true)
        outlet.write(b"said\n")
    assert (tmp_path / "log").read_bytes() == b'{"event": "log-dropped", "lines": 2}\nsaid\n'


def test_a_complaint_in_the_midst_of_a_line_neither_waits_for_itself_nor_doubles_it(monkeypatch, tmp_path):
    """As of garbage that is collected just then, on the same thread."""
    with (tmp_path / "log").open("wb") as file:
        outlet, true = Outlet(file.fileno()), os.write

        def interrupted(descriptor, data):
            monkeypatch.setattr(os, "write", true)
            outlet.write(b"a complaint\n")
            return true(descriptor, data)

        monkeypatch.setattr(os, "write", interrupted)
        outlet.write(b"a line\n")
    assert (tmp_path / "log").read_bytes() == b"a line\na complaint\n"


def test_standard_error_that_was_closed_is_never_another_file():
    """Else what a library complains of would be written into the next file that is opened."""
    read, written = os.pipe()
    os.close(written)
    never_waiting(written)
    assert os.fstat(written).st_rdev == Path(os.devnull).stat().st_rdev
    os.close(read)
    os.close(written)


def test_the_last_lines_are_waited_for_so_long_and_no_longer(unread):
    outlet = Outlet(unread.written)
    for line in numbered(2000):
        outlet.write(line)
    assert not outlet.flush(0.05)
    unread.read(outlet.catch_up)
    assert outlet.flush(0.05)


def test_a_log_that_is_not_started_says_nothing(capfd, monkeypatch):
    monkeypatch.setattr(log, "_LOG", log._Log())  # noqa: SLF001
    say("device", up=True)
    assert capfd.readouterr().err == ""
