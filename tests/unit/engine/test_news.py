"""What the engine is told of a device that comes and goes."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.inbox import DeviceNews, PrinterNews
from kiosk.engine.news import SELDOM_NS, News, Telling
from kiosk.ports import PrinterFault, PrinterState

FINE, LOW = PrinterState(known=True), PrinterState(known=True, paper_low=True)
EMPTY, OPEN = (
    PrinterState(known=True, faults=frozenset({fault})) for fault in (PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN)
)
OF_A_DEVICE = st.sampled_from([DeviceNews("broker", True), DeviceNews("broker", False, "hung up")])
OF_A_PRINTER = st.sampled_from([PrinterNews("printer", state) for state in (None, FINE, LOW, EMPTY, OPEN)])
HELD_TOO = st.one_of(OF_A_PRINTER, st.just(PrinterNews("printer", None, held=True)))
WAITS_NS = st.integers(0, 3 * SELDOM_NS)


def lives(news: st.SearchStrategy[News]) -> st.SearchStrategy[list[tuple[int, News]]]:
    return st.lists(st.tuples(st.one_of(st.just(0), WAITS_NS), news), min_size=1, max_size=60)


def told(life: list[tuple[int, News]]) -> list[tuple[int, News]]:
    """When, and what; at the end a while without news."""
    telling, now, said = Telling(), 0, []
    for wait_ns, news in [*life, (2 * SELDOM_NS, None)]:
        now += wait_ns
        telling = telling if news is None else telling.heard(news)
        due = telling.due(now)
        if due is not None:
            said.append((now, due))
            telling = telling.said(now)
    return said


@given(st.one_of(lives(OF_A_DEVICE), lives(OF_A_PRINTER), lives(HELD_TOO)))
def test_the_last_word_always_arrives_and_none_is_said_twice(life):
    said = [news for _, news in told(life)]
    assert said[-1] == life[-1][1]
    assert all(one != next_ for one, next_ in itertools.pairwise(said))


@given(st.one_of(lives(OF_A_DEVICE), lives(OF_A_PRINTER)))
def test_what_gets_better_is_told_at_most_once_a_second_however_often_it_flaps(life):
    said = told(life)
    for index, (at, news) in enumerate(said[1:], 1):
        fine = news == DeviceNews("broker", True) or (isinstance(news, PrinterNews) and news.state in (FINE, LOW))
        if fine:
            assert at - said[index - 1][0] >= SELDOM_NS


@given(st.one_of(lives(OF_A_DEVICE), lives(OF_A_PRINTER)))
def test_its_end_is_told_at_once_unless_nothing_better_was_told(life):
    telling, now = Telling(), 0
    for wait_ns, news in life:
        now += wait_ns
        telling = telling.heard(news)
        if telling.due(now) is not None:
            telling = telling.said(now)
        if news in (DeviceNews("broker", False, "hung up"), PrinterNews("printer", None)):
            assert telling.told == news


def test_after_what_was_told_is_forgotten_the_same_word_is_told_again():
    telling = Telling().heard(PrinterNews("printer", EMPTY)).said(5)
    assert telling.heard(PrinterNews("printer", EMPTY)).due(6) is None
    assert telling.forgotten().heard(PrinterNews("printer", EMPTY)).due(6) == PrinterNews("printer", EMPTY)


def test_held_by_another_and_gone_are_two_words():
    """Neither is worse than the other: one that flaps between them is told once a second too."""
    held, gone = DeviceNews("scanner", False, "busy", held=True), DeviceNews("scanner", False, "unplugged")
    telling = Telling().heard(gone).said(0).heard(held)
    assert telling.due(SELDOM_NS - 1) is None
    assert telling.due(SELDOM_NS) == held
    assert telling.said(SELDOM_NS).heard(held).due(3 * SELDOM_NS) is None
