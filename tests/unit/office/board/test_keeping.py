"""What a board keeps for its next start: a disk that takes nothing, or a clock that is set back, ends no page."""

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

import pytest

from district_words import NOW_S, at, counted
from kiosk.office.board import watch as watching
from kiosk.office.board.lines import lines
from kiosk.office.board.store import Store, StoreError, Word
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, Heard
from kiosk.ports import Message
from kiosk.texts import Texts
from small_disk import WHY_NOT, can_mount, fill, small_disk

AT = BrokerAt("127.0.0.1", 1, "board")


class Line:
    """What is said is heard at the next turn."""

    def __init__(self) -> None:
        self.said: list[Heard] = []

    def read(self, _: float) -> list[Heard]:
        said, self.said = self.said, []
        return said

    def say(self, message: Message) -> None:
        self.said.append(Heard(message.topic, message.payload, False))


class Refusing(Store):
    """On a disk that takes nothing, for as long as it is said to."""

    refuses = True
    waiting = 0

    def keep(self, round_id: str, words: Iterable[Word], came: Mapping[tuple[str, int], int]) -> None:
        self.waiting = len(came)
        if self.refuses:
            raise StoreError("board.sqlite: database or disk is full")
        super().keep(round_id, words, came)


@pytest.fixture
def line(monkeypatch) -> Line:
    line = Line()
    monkeypatch.setattr("kiosk.office.board.watch.BrokerLine", lambda *_, **__: line)
    return line


def counting(watch: Watch, line: Line, now: list[float]) -> Callable[[int], None]:
    """A table that counts so many, a minute later each time."""
    seq = 0

    def count(samples: int) -> None:
        nonlocal seq
        seq += 1
        now[0] += 60
        line.say(counted(samples, seq, when=at(now[0] - NOW_S)))
        watch.turn()

    return count


@pytest.mark.skipif(not can_mount(), reason=WHY_NOT)
def test_a_full_disk_is_said_and_the_board_goes_on_and_nothing_is_lost_once_there_is_room(line, said, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, 1), Store(disk / "board.sqlite") as store:
        now = [NOW_S]
        watch = Watch(AT, "+", "r1", {}, store, lambda: now[0])
        count = counting(watch, line, now)
        count(10)
        fill(disk / "ballast", 0)
        for samples in range(11, 400):
            count(samples)
        found = watch.board()
        assert (found.people, "full" in found.not_kept) == (399, True)
        assert "cannot write its own file" in "\n".join(lines(found, Texts("en"), ZoneInfo("UTC")))
        assert sum(line["event"] == "board-not-kept" for line in said()) == 1
        (disk / "ballast").unlink()
        count(400)
        assert watch.board().not_kept == ""
        assert sum(store.curve("r1").values()) == 390, "all whose coming was heard"
        assert [word.payload for word in store.words()] == [counted(400, 391, when=at(now[0] - NOW_S)).payload]
        assert [each["event"] for each in said() if each["event"] == "board-kept-again"] == ["board-kept-again"]


def test_what_waits_for_a_disk_does_not_grow_for_ever(line, monkeypatch):
    monkeypatch.setattr(watching, "MOST_WAITING", 100)
    with Refusing(None) as store:
        now = [NOW_S]
        watch = Watch(AT, "+", "r1", {}, store, lambda: now[0])
        count = counting(watch, line, now)
        for samples in range(1, 601):
            count(samples)
        assert store.waiting < 150
        store.refuses = False
        count(601)
        assert sum(store.curve("r1").values()) == 600


def test_a_board_whose_clock_is_set_back_keeps_what_it_hears(line):
    with Store(None) as store:
        now = [NOW_S]
        watch = Watch(AT, "+", "r1", {}, store, lambda: now[0])
        count = counting(watch, line, now)
        count(1)
        now[0] -= 86_400
        count(2)
        count(3)
        assert [word.payload for word in store.words()] == [counted(3, 3, when=at(now[0] - NOW_S)).payload]
