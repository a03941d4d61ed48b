"""The district's sums, each point's state, and what is wrong where."""

from zoneinfo import ZoneInfo

from district_words import NOW_S, B, at, counted, fare, fared, healthy, heard, stated
from kiosk.messages import Address
from kiosk.office.board.district import District
from kiosk.office.board.figures import _ends, board
from kiosk.office.board.lines import lines
from kiosk.office.board.point_page import page
from kiosk.office.board.points import Point
from kiosk.office.board.store import Store
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, Heard
from kiosk.ports import Message, PrinterFault
from kiosk.texts import Texts

AT = BrokerAt("127.0.0.1", 1, "board")


def district(*messages, points=()):
    made = District({point.id: point for point in points})
    for each in messages:
        made.hear(heard(each))
    return made


def shown(*messages, points=(), now_s=NOW_S):
    return board(district(*messages, points=points), "r1", now_s, connected=True)


def test_people_are_added_over_tables_and_lives():
    found = shown(counted(30), counted(5, epoch="e2"), counted(7, table=B))
    assert (found.people, found.tiles[0].people, found.tiles[0].tables) == (42, 42, 2)


def test_against_the_roster_it_says_who_was_never_heard():
    found = shown(stated("online", 1), points=[Point("wy-0001", "东门", 500, 1), Point("wy-0002", "西门", 300, 2)])
    assert {tile.point: tile.state for tile in found.tiles} == {"wy-0001": "online", "wy-0002": "never"}
    assert found.expected == 800
    assert found.points == {"trouble": 0, "silent": 0, "never": 1, "stopped": 0, "online": 1}


def test_a_point_is_as_its_worst_table():
    assert shown(stated("online", 1), stated("lost", 1, table=B)).tiles[0].state == "silent"
    assert shown(stated("offline", 1), stated("offline", 1, table=B)).tiles[0].state == "stopped"
    assert shown(stated("online", 1), stated("offline", 1, table=B)).tiles[0].state == "online"
    found = shown(stated("online", 1), healthy(PrinterFault.PAPER_OUT))
    assert (found.tiles[0].state, found.paperless) == ("trouble", 1)


def test_a_table_that_is_missing_is_somebodys_task():
    found = shown(stated("online", 1), points=[Point("wy-0001", tables=2)])
    assert found.tiles[0].state == "trouble"
    zone = ZoneInfo("Asia/Shanghai")
    assert list(lines(found, Texts("zh_CN"), zone))[-1] == "需处理  wy-0001  有采样台未上线（1 / 2）"
    assert list(lines(found, Texts("en"), zone))[-1] == "needs somebody  wy-0001  tables were never heard (1 / 2)"


def test_what_is_wrong_is_named():
    troubles = shown(stated("online", 1), healthy(journal="rolled-back"), fared(fare(free_mb=100, celsius=85.0)))
    told = [(each.kiosk, each.what, each.part) for each in troubles.tiles[0].troubles]
    assert told == [("a", "journal", "rolled-back"), ("a", "disk-low", "100 MB"), ("a", "hot", "85 °C")]


def test_the_oldest_tube_and_the_slowest_hop_of_all():
    begun = int((NOW_S - 5 * 3600) * 1000)
    slow = fare(oldest_tube=begun, p50_ms=900.0, p99_ms=1200.0, slips=9, hops_ms={"commit": 20.0, "print": 800.0})
    quick = fare(p50_ms=300.0, p99_ms=400.0, slips=9, hops_ms={"commit": 4.0, "print": 250.0})
    found = shown(stated("online", 1), fared(slow), stated("online", 1, table=B), fared(quick, table=B))
    assert (found.oldest_tube_s, found.oldest_tube_at) == (NOW_S - 5 * 3600, "wy-0001")
    assert found.slowest is not None
    assert (found.slowest.kiosk, found.slowest.hop, found.slowest.hop_ms) == ("a", "print", 800.0)
    assert [each.what for each in found.tiles[0].troubles] == ["tube-too-old"]


def test_the_rate_and_the_end_follow_from_the_last_quarter_of_an_hour():
    made = District({"wy-0001": Point("wy-0001", expected=400)})
    for minute in range(16):
        made.hear(heard(counted(10 * minute, seq=minute + 1, when=at(60 * minute)), 60 * minute))
    found = board(made, "r1", NOW_S + 15 * 60, connected=True)
    assert (found.people, found.per_hour) == (150, 580), "half of the first minute's came before it"
    assert found.ends_s == NOW_S + 15 * 60 + 250 / 580 * 3600


def test_a_point_that_was_cut_off_did_not_sample_everybody_in_one_minute():
    made = District({})
    made.hear(heard(counted(1, when=at(0))))
    _, came = made.hear(heard(counted(181, seq=9, when=at(3 * 3600)), 3 * 3600))
    assert came is not None
    assert sum(came.minutes.values()) == 180
    assert max(came.minutes.values()) == 1
    assert board(made, "r1", NOW_S + 3 * 3600, connected=True).per_hour <= 60


def test_of_those_who_stood_there_nobody_knows_when_they_came():
    made = District({})
    _, came = made.hear(heard(counted(700, when=at(-60)), live=False))
    assert came is None
    assert board(made, "r1", NOW_S, connected=True).per_hour == 0


def test_a_table_that_is_heard_late_for_the_first_time_makes_no_peak():
    """After a broker that lost all, or a county's line that was down since before the board began, all come live."""
    made = District({"wy-0001": Point("wy-0001", expected=4000)})
    _, came = made.hear(heard(counted(3000)))
    assert came is None
    found = board(made, "r1", NOW_S, connected=True)
    assert (found.people, found.per_hour, found.ends_s) == (3000, 0, None)


def test_a_points_page_has_its_tables():
    made = district(
        stated("online", 1), counted(3), counted(4, epoch="e2"), stated("lost", 1, table=B), counted(9, table=B)
    )
    found = page(made, "wy-0001", NOW_S)
    assert found is not None
    assert [(each.kiosk, each.state, each.people, each.lives) for each in found.tables] == [
        ("a", "online", 7, 2),
        ("b", "lost", 9, 1),
    ]
    assert page(made, "wy-0009", NOW_S) is None


def test_each_figure_says_how_old_it_is():
    other = Address("cn", "r1", "wy-0001", "c")
    made = district(counted(1, when=at(-300)), counted(1, table=B, when=at(-20)), stated("offline", 1, table=other))
    made.hear(heard(counted(1, table=other, when=at(-9000)), live=False))
    tile = board(made, "r1", NOW_S, connected=True).tiles[0]
    assert tile.counted_s == NOW_S, "live counts are as old as when they came"
    assert tile.heard_s == NOW_S


def test_a_table_that_says_to_be_many_does_not_hold_up_the_others(monkeypatch):
    """Whatever it is let in for, it may write in any region and make up lives of its journal."""
    line = Line([counted(1, epoch=f"e{n}") for n in range(300)])
    line.messages += [counted(1, table=Address(f"region-{n}", "r1", "wy-0001", "a")) for n in range(100)]
    line.messages += [counted(5, table=Address("cn", "r1", "wy-0002", "a"))]
    monkeypatch.setattr("kiosk.office.board.watch.BrokerLine", lambda *_, **__: line)
    with Store(None) as store:
        watch = Watch(AT, "+", "r1", {}, store, lambda: NOW_S)
        watch.turn()
        found = watch.board()
    assert {tile.point: tile.people for tile in found.tiles} == {"wy-0001": 256 + 63, "wy-0002": 5}
    assert found.not_understood == 44 + 37
    assert "81 messages were not understood" in "\n".join(lines(found, Texts("en"), ZoneInfo("UTC")))


class Line:
    """To a broker with these messages."""

    is_whole = True

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages

    def read(self, _timeout: float) -> list[Heard]:
        return [Heard(message.topic, message.payload, True) for message in self.messages]


def test_an_end_that_is_months_away_is_not_told():
    """A date beyond all calendars cannot be written, and one in months is none."""
    assert _ends(0, 10**9, 1, NOW_S) is None
    assert _ends(900, 1000, 100, NOW_S) == NOW_S + 3600
