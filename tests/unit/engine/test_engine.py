"""What the engine says of its own faults."""

import pytest

from kiosk.engine.inbox import Crashed
from kiosk.frozen import prepare
from kiosk.log import say_fault


def test_a_drivers_thread_that_ends_stops_the_kiosk(make_bench):
    bench = make_bench().start()
    with pytest.raises(RuntimeError, match="thread scanner ended"):
        bench.engine.take(Crashed("scanner", ValueError("boom")))


def test_a_fault_is_told_by_place_and_never_quotes_what_was_scanned(said):
    try:
        try:
            int("110199199001010010X")
        except ValueError as error:
            raise RuntimeError("thread scanner ended") from error
    except RuntimeError as error:
        say_fault(error)
    [line] = said()
    assert line["kinds"] == ["RuntimeError", "ValueError"]
    assert any(place.startswith("test_engine.py:") for place in line["places"])
    assert "110199" not in str(line)


def test_a_kiosk_at_rest_leaves_no_class_for_the_first_resident_to_compile(make_bench):
    bench = make_bench().start()
    for _ in range(100):
        bench.engine.rest()
    assert not prepare(0)
