"""What holds for every event: what is a commit and what is none, two people in one event, and the panel as a view."""

import pytest

from kiosk.engine.inbox import DeviceNews, Hinted, NotPrinted
from kiosk.model import JobState, Person, TubeOrder, TubeSource
from kiosk.model.queries import Facts, PriorOf
from kiosk.ports import Hint, PrinterFault, PrinterState, PrintOutcome, Signal
from kiosk.session import PersonPresented
from kiosk.session.draft import Draft
from kiosk.session.passes import finish
from kiosk.session.questions.asked import asked
from kiosk.session.questions.decide import answer
from kiosk.session.questions.state import DidItComeOut
from kiosk.session.sampling.persons import person

LOW = PrinterState(True, paper_low=True)
OUT = PrinterState(True, frozenset({PrinterFault.PAPER_OUT}))


def last_shown(bench):
    signal, notice = bench.shown[-1]
    return signal, notice.key


def test_a_hint_and_a_line_that_flaps_are_no_commits(make_bench):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(DeviceNews("scanner", True))
    before = bench.state.counters.seq
    for up in (False, True) * 50:
        bench.engine.take(DeviceNews("scanner", up))
        bench.engine.take(Hinted("camera", Hint.GLARE))
        bench.printer(None if up else PrinterState(True))
    assert bench.state.counters.seq == before


def test_what_flapped_is_told_to_the_broker_once_there_is_a_quiet_moment(make_bench):
    bench = make_bench().start()
    bench.finish()
    told = [message for message in bench.published if message.topic.endswith("/health")]
    for up in (True, False) * 3:
        bench.engine.take(DeviceNews("scanner", up))
    bench.engine.rest()
    bench.engine.rest()
    fresh = [message for message in bench.published if message.topic.endswith("/health")][len(told) :]
    assert [b'"scanner":false' in message.payload for message in fresh] == [True]
    assert fresh[0].seq == bench.state.counters.seq


def test_a_card_that_still_lies_there_is_no_commit(make_bench, number):
    bench = make_bench().start()
    bench.scan(number(1))
    before = bench.state.counters.seq
    for _ in range(10):
        bench.scan(number(1), wait_s=1)
    assert bench.state.counters.seq == before


def test_two_people_may_be_registered_by_one_event(make_bench):
    """Each gets a place, a voucher number and a slip of their own; the journal takes both in one transaction."""
    bench = make_bench(pool_size=5).start()
    bench.finish()
    before, at = bench.state, bench.clock()
    people = [Person(key, "测**", "**0010") for key in (b"parent", b"child")]
    draft = Draft(before, at)
    for each in people:
        person(draft, PersonPresented(each, at), Facts({PriorOf(each.key): None}))
    outcome = finish(draft, PersonPresented(people[0], at), Facts({}))
    bench.journal.commit(outcome.changes, outcome.after.counters, outcome.messages)
    samples = [bench.look_up(PriorOf(each.key)) for each in people]
    assert [(each.seq, each.position, each.voucher) for each in samples] == [
        (1, 1, "V0352000000158"),
        (2, 2, "V0352000000255"),
    ]
    assert [job.state for job in outcome.after.printing.sending] == [JobState.SENDING] * 2
    assert outcome.after.counters.seq == before.counters.seq + 1


def test_a_printer_that_goes_before_a_slip_was_sent_is_told(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.engine.take(NotPrinted("printer", bench.state.printing.sending))
    assert last_shown(bench) == (Signal.ATTENTION, "refused.printer-gone")


def test_paper_near_its_end_stays_on_show_while_people_are_served(make_bench, number):
    bench = make_bench().start(LOW)
    assert last_shown(bench) == (Signal.ATTENTION, "paper-low")
    bench.finish()
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    bench.finish()
    bench.printer(OUT)
    bench.printer(LOW)
    assert last_shown(bench) == (Signal.ATTENTION, "paper-low")
    bench.printer(PrinterState(True))
    assert last_shown(bench) == (Signal.READY, "ready")


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        (TubeOrder.TUBE_FIRST, (Signal.ATTENTION, "refused.no-tube")),
        (TubeOrder.PERSONS_FIRST, (Signal.READY, "ready")),
    ],
)
def test_no_ready_lamp_before_the_tube_that_staff_must_scan(make_bench, order, shown):
    bench = make_bench(suppliers=True, source=TubeSource.PREPRINTED, order=order).start()
    assert last_shown(bench) == shown
    bench.tube("TB0000000001")
    assert bench.state.told.resting.signal is Signal.READY


def test_questions_are_asked_in_order_and_an_answer_settles_the_one_it_names(make_bench, number):
    bench = make_bench(pool_size=1).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    first, second = asked(bench.state)
    assert isinstance(first, DidItComeOut)
    assert isinstance(second, DidItComeOut)
    assert (first.job.kind, second.job.kind) == ("voucher", "label")
    draft = Draft(bench.state, bench.clock())
    answer(draft, second.id, True, Facts({}))
    assert tuple(asked(draft.state)) == (first,)
    answer(draft, second.id, True, Facts({}))
    assert tuple(asked(draft.state)) == (first,), "an answer to a question that is closed settles nothing"
