"""What is looked at again is what is looked at first: nothing of a point stays as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from district_words import NOW_S, counted, fare, fared, healthy, heard, stated
from kiosk.messages import Address
from kiosk.office.board.district import District
from kiosk.office.board.figures import added_up, board
from kiosk.office.board.newest import Newest
from kiosk.office.board.shares import Shares
from kiosk.office.board.store import Store
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, Heard
from kiosk.ports import Message, PrinterFault

PLACES = [Address("cn", "r1", point, kiosk) for point in ("wy-0001", "wy-0002") for kiosk in "ab"]


def word(kind: int, seq: int, table: Address) -> Message:
    match kind:
        case 0:
            return counted(seq * 3, seq, table=table)
        case 1:
            return healthy(*([PrinterFault.PAPER_OUT] if seq % 2 else []), table=table, seq=seq)
        case 2:
            return stated("lost" if seq % 2 else "online", seq, table=table)
        case _:
            return fared(fare(oldest_tube=int(NOW_S - seq * 600) * 1000), table, seq)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PLACES), st.sampled_from([0, 60, 900])), max_size=12))
def test_a_board_that_is_looked_at_all_along_is_one_that_is_looked_at_once(said):
    district, shares, now_s = District({}), Shares(), NOW_S
    for seq, (kind, table, later_s) in enumerate(said, 1):
        now_s += later_s
        district.hear(heard(word(kind, seq, table), now_s - NOW_S))
        shown = added_up(shares.as_of(district, now_s), district.heard_s, "r1", now_s, True, 0)
        assert shown == board(district, "r1", now_s, connected=True)


class Line:
    """What is said is heard at the next turn."""

    def __init__(self, *_: object, **__: object) -> None:
        self.said: list[Heard] = []

    def read(self, _: float) -> list[Heard]:
        said, self.said = self.said, []
        return said

    def say(self, message: Message) -> None:
        self.said.append(Heard(message.topic, message.payload, False))


def test_readers_are_told_of_points_that_look_otherwise_and_of_no_others(monkeypatch):
    line, now = Line(), [NOW_S]
    monkeypatch.setattr("kiosk.office.board.watch.BrokerLine", lambda *_, **__: line)
    with Store(None) as store:
        watch = Watch(BrokerAt("127.0.0.1", 1, "board"), "+", "r1", {}, store, lambda: now[0])
        for table in PLACES:
            line.say(counted(10, table=table))
        watch.turn()
        newest = Newest(watch, store)
        assert [tile["point"] for tile in json.loads(newest.since(-1))["tiles"]] == ["wy-0001", "wy-0002"]
        seen, now[0] = newest.tick, NOW_S + 3600
        newest.look()
        assert json.loads(newest.since(seen))["tiles"] == [], "an hour went by"
        line.say(counted(11, 2, table=PLACES[3]))
        watch.turn()
        newest.look()
        told = json.loads(newest.since(seen))
        assert [(tile["point"], tile["people"]) for tile in told["tiles"]] == [("wy-0002", 21)]
        assert told["people"] == 41
