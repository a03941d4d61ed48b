"""What came with other lines as a scanner was opened: a person is a person, a text that is no code nobody's."""

import pytest

from kiosk.engine.inbox import Scanned
from kiosk.model import Hand
from kiosk.ports import TextScan


@pytest.mark.parametrize(
    ("data", "at_start", "shown"),
    [
        (b"110199199001010010", True, ["accepted"]),
        (b"110199199001010011", True, ["refused.wrong-check-digit"]),
        (b"BOOT 2.14", True, []),
        (b"\x1b[0mREADY", True, []),
        (b"BOOT 2.14", False, ["refused.unknown-code"]),
    ],
)
def test_a_refusal_only_where_somebody_may_have_held_up_a_code(make_bench, data, at_start, shown):
    bench = make_bench().start()
    since = len(bench.shown)
    scan = TextScan(data, at_start=at_start)
    bench.engine.take(Scanned("scanner", scan, bench.clock().mono_ns, Hand.SHARED))
    assert [notice.key for _, notice in bench.shown[since:]] == shown
