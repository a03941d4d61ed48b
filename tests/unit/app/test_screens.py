"""What the pages are told beside the table, and what of theirs reaches it: a page that cannot be made keeps no other
from being told, and one gone wrong does no more than people do."""

import json
import queue
import socket
import time
from collections import Counter
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from kiosk.app.screens import Screens, Stand
from kiosk.engine.inbox import Inbox
from kiosk.model import Instant, StaffAction
from kiosk.screen.lines import Pressed, pressed
from kiosk.screen.presses import MOST
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
