"""What the pages are told beside the table, and what of theirs reaches it: a page that cannot be made keeps no other
from being told, and one gone wrong does no more than people do."""

import contextlib
import hashlib
import json
import queue
import socket
import time
from collections import Counter
from dataclasses import replace
from typing import NoReturn, cast
from zoneinfo import ZoneInfo

import pytest

import kiosk.app.screens
from kiosk.app.screens import Screens, Stand
from kiosk.engine.inbox import Inbox
from kiosk.model import Instant, StaffAction
from kiosk.ports import Signal
from kiosk.screen.lines import Pressed, pressed
from kiosk.screen.presses import MOST
from kiosk.session import Notice, Show, State
from kiosk.texts import Texts


@pytest.fixture
def screens(make_bench, tmp_path):
    bench = make_bench().start()
    stand = Stand(tmp_path / "s", bench.path, "r1", ZoneInfo("Asia/Shanghai"), Texts("zh_CN"), lambda: 0)
    made = Screens(Inbox(), stand, lambda: Instant("boot-1", time.monotonic_ns(), 1_653_000_000_000, True))
    made.start()
    made.offer(bench.state, ())
    yield made
    made.stop()
    made.join(5)


def reader_of(screens: Screens) -> socket.socket:
    reader, end = socket.socket(socket.AF_UNIX), time.monotonic() + 10
    while reader.connect_ex(str(screens._stand.socket)):  # noqa: SLF001
        assert time.monotonic() < end
        time.sleep(0.01)
    return reader


def views(screens: Screens, seconds: float = 3.0) -> dict[str, list[object]]:
    """By kind, all that a reader is told for so long."""
    found: dict[str, list[object]] = {}
    with reader_of(screens) as reader:
        reader.settimeout(0.2)
        data, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data += reader.recv(2**20)
            except TimeoutError:
                continue
    for line in data.splitlines():
        body = json.loads(line)
        found.setdefault(body["kind"], []).append(body["view"])
    return found


def broken(*_: object) -> NoReturn:
    raise ZeroDivisionError


@pytest.mark.parametrize(("made", "kind"), [("staff_view", "staff"), ("resident_view", "resident")])
def test_a_view_that_cannot_be_made_is_said_as_that_and_the_other_is_told(screens, said, monkeypatch, made, kind):
    monkeypatch.setattr(f"kiosk.app.screens.{made}", broken)
    found = views(screens)
    assert {each is None for each in found[kind]} == {True}
    other = found["resident" if kind == "staff" else "staff"]
    assert other
    assert None not in other
    assert [line["kinds"] for line in said() if "kinds" in line] == [["ZeroDivisionError"]]


def test_a_word_that_no_screen_has_a_face_for_costs_no_reader(screens, said):
    """Of a reason that there is not."""
    show = Show(Signal.REFUSED, Notice("refused.moonstruck"))
    with reader_of(screens) as reader:
        screens.offer(cast("State", screens._state), [show])  # noqa: SLF001
        reader.settimeout(0.2)
        data, end = b"", time.monotonic() + 2
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                data += reader.recv(2**20)
                assert data[-1:], "hung up on"
    kinds = [json.loads(line)["kind"] for line in data.splitlines()]
    assert kinds.count("staff") > 1
    assert [line["kinds"] for line in said()] == [["ValueError"], ["KeyError"]], "once of the face, once of the words"


@pytest.mark.parametrize(("made", "kind"), [("staff_view", "staff"), ("resident_view", "resident")])
def test_a_view_that_cannot_be_written_down_is_said_as_that_and_the_next_one_is_told(
    screens, said, monkeypatch, made, kind
):
    """Half a character, as a damaged list of units may hold."""
    make = getattr(kiosk.app.screens, made)
    left = [3]

    def torn(*given: object) -> object:
        left[0] -= 1
        view = make(*given)
        if left[0] < 0:
            return view
        return replace(view, **({"badge": "\ud800"} if kind == "staff" else {"since_ms": "\ud800"}))

    monkeypatch.setattr(f"kiosk.app.screens.{made}", torn)
    found = views(screens, 6)
    assert found[kind][0] is None
    assert found[kind][-1] is not None
    assert [line["kinds"] for line in said()] == [["UnicodeEncodeError"]]


def test_where_there_can_be_no_line_it_is_said_once(screens, said, monkeypatch):
    monkeypatch.setattr("kiosk.app.screens.AGAIN_S", 0.01)
    with reader_of(screens):
        screens._stand.socket.unlink()  # noqa: SLF001
        screens._stand.socket.mkdir()  # noqa: SLF001
        monkeypatch.setattr(screens._feed, "turn", broken)  # noqa: SLF001
        screens._feed.wake()  # noqa: SLF001
        time.sleep(1)
    assert screens.alive
    assert [line["event"] for line in said()] == ["fault", "no-pages"]


def posted(screens: Screens) -> int:
    """How much the engine is told until nothing more comes."""
    for n in range(10_000):
        try:
            screens._inbox.get(timeout=0.5)  # noqa: SLF001
        except queue.Empty:
            return n
    raise AssertionError("no end of it")


def test_of_a_flood_of_acts_no_more_than_people_do_reach_engine_and_log(screens, said):
    acts = [pressed(Pressed(StaffAction.YES, f"slip-{n}", "screen")) for n in range(1000)]
    with reader_of(screens) as page:
        page.sendall(b"".join(acts))
        assert posted(screens) == MOST == 32
    events = Counter(line["event"] for line in said())
    assert (set(events), events["pressed-too-often"]) == ({"pressed", "pressed-too-often"}, 1)
    assert events["pressed"] <= MOST


def test_the_log_tells_tablets_apart_and_not_whose_they_are(screens, said):
    acts = [StaffAction.PAUSE, StaffAction.SEAL, StaffAction.REPORT, StaffAction.NEXT_UNIT]
    whose = ["测试员的平板", "测试员的手机", "测试员的平板", "screen"]
    with reader_of(screens) as page:
        for act, device in zip(acts, whose, strict=True):
            page.sendall(pressed(Pressed(act, "", device)))
        assert posted(screens) == 4
    names = [line["device"] for line in said()]
    assert [len(name) for name in names] == [8, 8, 8, 6]
    assert [names.index(name) for name in names] == [0, 1, 0, 3]
    assert names[3] == "screen"
    # Of no key, the name could be found by trying.
    assert names[0] != hashlib.blake2s("测试员的平板".encode(), digest_size=4).hexdigest()
