"""What is pressed on a page that is a second behind is done to what was seen, or not at all."""

import pytest

from kiosk.engine.inbox import Pressed
from kiosk.model import Hand, StaffAction
from kiosk.ports import Button, PrintOutcome
from kiosk.session.staff.about import about
from table_bench import Bench, listed


@pytest.fixture
def table(make_bench, number):
    """One person was sampled, and the page shows it."""
    bench = make_bench().start()
    bench.offer(listed(serial, f"{serial}号楼") for serial in range(5))
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    return bench


def press(table: Bench, action: StaffAction, seen: str) -> str:
    """What staff are told of it."""
    table.seconds += 3
    before = len(table.shown)
    table.engine.take(Pressed(Button(action), seen))
    return table.shown[before][1].key


def test_the_last_person_is_taken_back_if_it_is_the_one_that_was_seen(table, number):
    seen = about(table.state, StaffAction.VOID_LAST)
    assert seen == table.state.sampling.last.voucher
    table.scan(number(2))
    table.finish()
    assert press(table, StaffAction.VOID_LAST, seen) == "refused.seen-too-late"
    assert table.state.counters.totals.voided == 0
    assert press(table, StaffAction.VOID_LAST, about(table.state, StaffAction.VOID_LAST)) == "voided"


def test_a_tube_is_sealed_if_it_is_the_one_that_was_seen(table, number, staff):
    seen = about(table.state, StaffAction.SEAL)
    table.scan(staff["seal"], hand=Hand.STAFF)
    table.finish()
    table.scan(number(2))
    table.finish()
    assert press(table, StaffAction.SEAL, seen) == "refused.seen-too-late"
    assert table.state.sampling.open is not None
    assert press(table, StaffAction.SEAL, about(table.state, StaffAction.SEAL)) == "tube-sealed"


def test_an_answer_is_to_the_question_that_was_read(table, number):
    for serial in (2, 3):
        table.scan(number(serial))
        table.finish(PrintOutcome.UNCONFIRMED)
    first = about(table.state, StaffAction.YES)
    assert press(table, StaffAction.YES, first) == "noted"
    assert press(table, StaffAction.YES, first) == "refused.seen-too-late"
    assert press(table, StaffAction.YES, about(table.state, StaffAction.YES)) == "noted"
    assert about(table.state, StaffAction.YES) == ""


def test_what_was_done_last_is_undone_if_it_is_what_was_seen(table, staff, number):
    table.scan(staff["exempt-recovered"])
    table.scan(number(3))
    seen = about(table.state, StaffAction.UNDO)
    table.scan(staff["exempt-recovered"])
    table.scan(number(4))
    assert press(table, StaffAction.UNDO, seen) == "refused.seen-too-late"
    assert table.state.counters.totals.exempt == 2
    assert press(table, StaffAction.UNDO, about(table.state, StaffAction.UNDO)) == "exemption-undone"


def test_one_unit_is_called_by_two_tablets_at_once(table):
    seen = about(table.state, StaffAction.NEXT_UNIT)
    press(table, StaffAction.NEXT_UNIT, seen)
    called = table.state.roster.called
    assert called
    table.seconds += 3
    assert press(table, StaffAction.NEXT_UNIT, seen or "none") == "refused.seen-too-late"
    assert table.state.roster.called == called


def test_a_button_says_what_is_so_now(table):
    assert press(table, StaffAction.VOID_LAST, "") == "voided"


@pytest.mark.parametrize("action", list(StaffAction))
def test_no_act_is_about_an_identity(table, action, number):
    assert number(1)[:10] not in about(table.state, action)
    assert len(about(table.state, action)) <= 40
