"""Which round a board shows where none is named."""

from collections.abc import Iterator

from district_words import NOW_S, at, stated
from kiosk.messages import Address
from kiosk.office.board import rounds
from kiosk.office.broker_line import BrokerAt, Heard
from kiosk.ports import Message

AT = BrokerAt("127.0.0.1", 1, "board")


def born(round_id: str, seconds: float, trusted: bool = True) -> Message:
    return stated("online", 1, table=Address("cn", round_id, "wy-0001", "a"), when=at(seconds, trusted=trusted))


def shown(monkeypatch, *messages: Message) -> str | None:
    class Line:
        def __init__(self, *_: object) -> None: ...

        def open(self) -> None: ...

        def close(self) -> None: ...

        def whole(self) -> Iterator[list[Heard]]:
            yield [Heard(message.topic, message.payload, True) for message in messages]

    monkeypatch.setattr(rounds, "BrokerLine", Line)
    return rounds.latest(AT, "+", lambda: NOW_S)


def test_the_one_that_was_spoken_of_last(monkeypatch):
    assert shown(monkeypatch, born("r1", -9000), born("r2", -60), born("r3", 0, trusted=False)) == "r2"
    assert shown(monkeypatch) is None


def test_a_clock_that_is_ahead_does_not_choose_the_round_for_all(monkeypatch):
    assert shown(monkeypatch, born("r1", 10 * 365 * 86400), born("r2", -60)) == "r2"
    assert shown(monkeypatch, born("r1", 3600)) == "r1", "better than none"
