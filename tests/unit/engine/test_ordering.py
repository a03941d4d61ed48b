"""What is heard where the centre orders: looked at once a second, and told once a line."""

import json

from kiosk.engine.ordering import Ordering


class Stand:
    now_ns = 0

    def __init__(self) -> None:
        self.looked_at: list[str] = []
        self.ordering = Ordering(self.is_genuine, lambda: self.now_ns)

    def is_genuine(self, text: str) -> bool:
        self.looked_at.append(text)
        return text.startswith("good")

    def hears(self, *texts: object, after_s: float = 1.0) -> tuple[tuple[str, ...], int]:
        self.now_ns += int(after_s * 1e9)
        self.ordering.put(json.dumps({"orders": texts}).encode())
        return self.ordering.due()


def test_genuine_texts_are_told_once_a_line_and_strange_ones_are_counted():
    stand = Stand()
    assert stand.hears("good 1", "bad", 7, "good 1") == (("good 1",), 1)
    assert stand.hears("good 1", "good 2") == (("good 2",), 0)
    assert stand.hears("good 2") == ((), 0)
    stand.ordering.begin()
    assert stand.hears("good 1", "good 2") == (("good 1", "good 2"), 0)


def test_a_flood_is_looked_at_once_a_second_and_what_stands_there_last_is_done():
    stand = Stand()
    for n in range(1000):
        stand.hears(*(f"bad {n} {each}" for each in range(32)), after_s=0.001)
    assert len(stand.looked_at) == 32
    assert stand.hears("good", after_s=0.001) == (("good",), 0)


def test_nothing_is_looked_at_where_nothing_was_said():
    stand = Stand()
    assert stand.ordering.due() == ((), 0)
    assert stand.hears() == ((), 0)
    assert stand.looked_at == []
