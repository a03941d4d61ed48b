"""The engine comes late to what staff show, when a card is slow to write say: what counts is when it was read."""

import pytest

from kiosk.credentials import badge_text
from kiosk.engine.inbox import Scanned
from kiosk.model import Badge, Hand, StaffRole
from kiosk.ports import PrintOutcome, TextScan
from table_bench import STAFF_KEY

CLERK = badge_text(STAFF_KEY, Badge(StaffRole.CLERK, 17))


def told(bench, text, read_s, decided_s):
    """What is shown for a code that the scanner read at `read_s` and the engine came to at `decided_s`."""
    before, bench.seconds = len(bench.shown), decided_s
    bench.engine.take(Scanned("scanner", TextScan(text.encode()), int(read_s * 1e9), Hand.SHARED))
    return [notice.key for _, notice in bench.shown[before:]]


def test_a_code_that_is_shown_anew_after_a_late_answer_acts_anew(make_bench, staff):
    """Tube after tube is taken out of a box: the first was answered late, and the next one in silence not at all."""
    bench = make_bench().start()
    for code in (staff["box"], "TB0000000008", "TB0000000009"):
        bench.scan(code)
    assert told(bench, staff["box-out"], 100, 101.2) == ["box-out-asked"]
    assert told(bench, "TB0000000008", 101.7, 101.7) == ["stray-out"]
    assert told(bench, staff["box-out"], 102.4, 102.4) == ["box-out-asked"]
    assert told(bench, "TB0000000009", 102.9, 102.9) == ["stray-out"]


@pytest.mark.parametrize("shown", ["a code", "a badge"])
def test_held_still_it_is_one_showing_however_late_it_is_decided(make_bench, staff, shown):
    bench = make_bench().start()
    text = staff["pause"] if shown == "a code" else CLERK
    assert told(bench, text, 100, 100)
    assert told(bench, text, 101, 103) == []
    assert told(bench, text, 102, 103) == []
    assert told(bench, text, 104, 104), "lifted, and shown once more"


@pytest.mark.parametrize("again_s", [102, 103, 103.2])
def test_whoever_was_not_answered_yet_and_shows_it_again_wants_it_once(make_bench, staff, again_s):
    bench = make_bench().start()
    assert told(bench, staff["pause"], 100, 103)[0] == "noted"
    assert told(bench, staff["pause"], again_s, 103.3) == []
    assert bench.state.staff.paused
    assert told(bench, staff["pause"], 105, 105)
    assert not bench.state.staff.paused


def test_an_answer_that_was_read_before_the_question_answers_nothing(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.seconds = 100
    bench.finish(PrintOutcome.UNCONFIRMED)
    assert told(bench, staff["yes"], 100.3, 101.5) == ["refused.read-first"]
    assert told(bench, staff["no"], 99.9, 101.5) == ["refused.read-first"]
    assert told(bench, staff["yes"], 103, 103)[0] == "noted"
