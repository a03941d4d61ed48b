"""What is said once, and then rarely."""

from kiosk.log.seldom import AGAIN_NS, MOST, Seldom

SECOND = 1_000_000_000


def test_one_sentence_is_said_once_an_hour_however_often_it_is_tried():
    seldom = Seldom()
    said = [second for second in range(0, 3 * 3600, 2) if seldom.may("place", second * SECOND)]
    assert said == [0, 3600, 7200]
    assert AGAIN_NS == 3600 * SECOND


def test_of_kinds_without_end_not_all_are_remembered():
    seldom = Seldom()
    for kind in range(10 * MOST):
        assert seldom.may(str(kind), 0)
    assert len(seldom._said_ns) == MOST  # noqa: SLF001
