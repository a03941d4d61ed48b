"""A collector's order: taken, written, and only then acknowledged; whoever is away is waited for."""

from collections.abc import Sequence

from kiosk.office.collecting.collector import Collector, Told
from kiosk.office.collecting.received import Row
from kiosk.office.collecting.source import SourceError, Taken
from kiosk.office.collecting.store import StoreAwayError, Written

TOPIC = "sampling/v1/cn/r1/wy-0352/a/health"


def word(seq: int) -> Taken:
    return Taken(TOPIC, b'{"epoch":"e1","seq":%d}' % seq, seq)


class Desk:
    """Broker, store and teller in one, that note what was done; over when nothing is left to give."""

    def __init__(self, *batches: list[Taken] | SourceError, away: int = 0, refuses: int | None = None) -> None:
        self.batches, self.away_times, self.refuses = list(batches), away, refuses
        self.done: list[str] = []

    def run(self) -> Told:
        return Collector([self], self, self, self.sleep, lambda: not self.batches).run()

    def open(self) -> None:
        self.done.append("open")

    def take(self, _most: int, _timeout: float) -> list[Taken]:
        found = self.batches[0]
        if isinstance(found, SourceError):
            self.batches.pop(0)
            raise found
        return found

    def write(self, rows: Sequence[Row]) -> Written:
        if self.away_times:
            self.away_times -= 1
            raise StoreAwayError("it is away")
        self.done.append(f"write {[row.seq for row in rows]}")
        refused = tuple(row for row in rows if row.seq == self.refuses)
        return Written(len(rows) - len(refused), refused)

    def acknowledge(self, taken: Sequence[Taken]) -> None:
        self.done.append(f"acknowledge {[each.tag for each in taken]}")
        self.batches.pop(0)

    def idle(self, _seconds: float) -> None:
        self.done.append("idle")

    def sleep(self, _seconds: float) -> None:
        self.done.append("sleep")

    def close(self) -> None:
        self.done.append("close")

    def turn(self, told: Told) -> None: ...

    def away(self, what: str, why: str) -> None:
        self.done.append(f"{what} away: {why}")

    def back(self, what: str) -> None:
        self.done.append(f"{what} back")

    def strange(self, _topic: str, why: str) -> None:
        self.done.append(f"strange: {why}")


def test_it_is_acknowledged_once_it_is_written():
    desk = Desk([word(1), word(2)], [word(3)])
    told = desk.run()
    written = ["write [1, 2]", "acknowledge [1, 2]", "write [3]", "acknowledge [3]"]
    assert desk.done == ["open", "broker back", *written, "close"]
    assert told == Told(heard=3, newer=3, commits=2)


def test_while_the_database_is_away_the_line_is_held_and_nothing_more_taken():
    desk = Desk([word(1)], away=2)
    told = desk.run()
    done = [each for each in desk.done if each != "idle"]
    away = "database away: it is away"
    assert done == ["open", "broker back", away, away, "write [1]", "database back", "acknowledge [1]", "close"]
    assert "idle" in desk.done
    assert told == Told(heard=1, newer=1, commits=1, database_breaks=1)


def test_a_broker_that_breaks_is_opened_again():
    desk = Desk(SourceError("it hung up"), [word(1)])
    assert desk.run() == Told(heard=1, newer=1, commits=1, broker_breaks=1)
    assert [each for each in desk.done if each != "sleep"] == [
        "open",
        "broker back",
        "broker away: it hung up",
        "close",
        "open",
        "broker back",
        "write [1]",
        "acknowledge [1]",
        "close",
    ]


def test_what_no_kiosk_says_is_told_and_acknowledged_and_the_rest_is_written():
    desk = Desk([Taken(TOPIC, b"{", 1), word(2), word(3)], refuses=3)
    assert desk.run() == Told(heard=3, newer=1, strange=2, commits=1)
    strange = ["strange: no JSON", "strange: the database does not take it"]
    assert desk.done[2:-1] == ["write [2, 3]", *strange, "acknowledge [1, 2, 3]"]
