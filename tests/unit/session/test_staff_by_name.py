"""Whose acts they are: badges, roles, a row for each act, and the last one taken back."""

import pytest

from kiosk.credentials import badge_of, badge_text
from kiosk.journal.acts import acts
from kiosk.model import Badge, Hand, JobKind, Pool, StaffAction, StaffRole, TubeState
from kiosk.model.queries import ExemptionOf, TubeBy
from kiosk.ports import Signal
from kiosk.session.plan import Badges
from kiosk.session.staff.badges import least_role
from table_bench import STAFF_KEY

SAMPLER, CLERK, LEAD = (badge_text(STAFF_KEY, Badge(role, 17)) for role in StaffRole)


def done(bench):
    return [(str(act.action), act.about, act.badge) for act in acts(bench.path)]


class TestBadges:
    def test_what_is_done_is_in_the_name_of_the_last_badge_that_was_shown(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.scan(number(1))
        assert bench.scan(CLERK) == (Signal.NOTED, "badge-shown")
        bench.scan(staff["seal"])
        assert bench.scan(CLERK) == (Signal.NOTED, "badge-away")
        bench.scan(staff["pause"])
        assert done(bench) == [("seal", "035200000104", "C0017"), ("pause", "on", "")]

    def test_one_showing_is_one_act(self, make_bench):
        bench = make_bench().start()
        bench.scan(CLERK)
        bench.scan(CLERK, wait_s=0.5)
        assert bench.state.staff.badge == Badge(StaffRole.CLERK, 17)

    def test_nobody_makes_one_and_none_counts_at_the_residents_scanner(self, make_bench):
        bench = make_bench().start()
        forged = badge_text(b"another point's key", Badge(StaffRole.LEAD, 17))
        assert bench.scan(forged) == (Signal.REFUSED, "refused.old-staff-code")
        assert bench.scan(CLERK, hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")
        assert bench.state.staff.badge is None

    def test_where_they_are_required_nobody_acts_without_one(self, make_bench, staff):
        bench = make_bench(badges=Badges.REQUIRED).start()
        assert bench.scan(staff["pause"]) == (Signal.REFUSED, "refused.badge-first")
        bench.scan(SAMPLER)
        assert bench.scan(staff["pause"]) == (Signal.NOTED, "noted")

    def test_a_role_may_what_it_may(self, make_bench, staff):
        bench = make_bench().start()
        bench.scan(SAMPLER)
        assert bench.scan(staff["void"]) == (Signal.REFUSED, "refused.role-may-not")
        bench.scan(LEAD)
        assert bench.scan(staff["void"]) == (Signal.NOTED, "void-asked")

    def test_who_may_not_do_it_may_not_confirm_it_but_may_say_no(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.scan(number(1))
        bench.finish()
        for code in (CLERK, staff["void"], number(1), SAMPLER):
            bench.scan(code)
        assert bench.scan(staff["yes"]) == (Signal.REFUSED, "refused.role-may-not")
        assert bench.scan(staff["no"]) == (Signal.NOTED, "noted")
        assert done(bench) == []

    def test_who_may_not_do_it_may_not_undo_it_but_may_call_it_off(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.scan(number(2))
        bench.finish()
        for code in (CLERK, staff["exempt-recovered"], number(1), SAMPLER):
            bench.scan(code)
        assert bench.scan(staff["undo"]) == (Signal.REFUSED, "refused.role-may-not")
        for code in (CLERK, staff["void"], number(2), SAMPLER):
            bench.scan(code)
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "undone")
        assert bench.scan(CLERK) == (Signal.NOTED, "badge-shown")
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "exemption-undone")

    def test_nobody_completes_in_their_name_what_another_was_allowed(self, make_bench, number, staff):
        bench = make_bench(pool_size=1).start()
        bench.finish()
        bench.scan(number(1))
        bench.finish()
        for code in (CLERK, staff["exempt-recovered"], SAMPLER):
            bench.scan(code)
        assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
        for code in (CLERK, staff["box"], SAMPLER):
            bench.scan(code)
        assert bench.scan("035200000104") == (Signal.REFUSED, "refused.tube-used")
        assert done(bench) == [("box", "B035200000492", "C0017")]

    def test_every_act_has_a_role_and_the_lead_may_all(self):
        roles = {action: least_role(action) for action in StaffAction}
        assert set(roles.values()) == set(StaffRole)
        assert roles[StaffAction.SEAL] is StaffRole.SAMPLER

    @pytest.mark.parametrize("role", StaffRole)
    @pytest.mark.parametrize("number", [1, 9999])
    def test_its_text_tells_number_and_role(self, role, number):
        text = badge_text(STAFF_KEY, Badge(role, number))
        assert badge_of(STAFF_KEY, text) == Badge(role, number)
        for at in range(3, len(text)):
            other = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
            assert badge_of(STAFF_KEY, other) is None

    @pytest.mark.parametrize("number", [0, 10_000])
    def test_no_badge_has_another_number(self, number):
        with pytest.raises(ValueError, match="from 1 to 9999"):
            badge_text(STAFF_KEY, Badge(StaffRole.LEAD, number))


class TestActs:
    def test_each_act_has_a_row_that_says_what_it_was_about(self, make_bench, number, staff):
        bench = make_bench(pool_size=2).start()
        bench.finish()
        for person in (1, 2, 3):
            bench.scan(number(person))
            bench.finish()
        for code in (staff["void"], number(1), staff["yes"], staff["exempt-recovered"], number(9), staff["pool-5"]):
            bench.scan(code)
            bench.finish()
        for code in (staff["box"], "035200000104", "TB0000000009"):
            bench.scan(code)
        assert done(bench) == [
            ("void", "V0352000000158", ""),
            ("exempt-recovered", "recovered", ""),
            ("pool-5", "5", ""),
            ("box", "B035200000589", ""),
            ("box", "035200000104", ""),
            ("box", "B035200000589", ""),
        ]
        assert not any("11019919" in about for _, about, _ in done(bench))

    def test_what_only_waits_or_is_refused_has_none(self, make_bench, number, staff):
        bench = make_bench().start()
        for code in (staff["void"], staff["undo"], staff["hand-over"], number(1)):
            bench.scan(code)
        assert done(bench) == []

    def test_a_slip_that_ends_while_an_act_waits_is_no_act(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.finish()
        bench.scan(number(1))
        bench.scan(staff["void"])
        bench.finish()
        assert done(bench) == []

    @pytest.mark.parametrize("wait_s", [61, 3600])
    def test_who_comes_after_an_act_was_given_up_is_no_act(self, make_bench, number, staff, wait_s):
        bench = make_bench().start()
        bench.finish()
        bench.scan(staff["void"])
        assert bench.scan(number(1), wait_s=wait_s) == (Signal.ACCEPTED, "accepted")
        assert done(bench) == []

    def test_who_comes_while_a_tube_is_awaited_is_no_act(self, make_bench, number, staff):
        bench = make_bench(suppliers=True, pool_size=1).start()
        bench.finish()
        bench.scan(staff["tube"])
        assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
        assert done(bench) == []
        bench.finish()
        bench.scan("TB0000000001")
        assert done(bench) == [("tube", "TB0000000001", "")]

    def test_a_tube_that_goes_into_a_box_is_packed_whatever_else_is_awaited(self, make_bench, number, staff):
        bench = make_bench(pool_size=1).start()
        bench.scan(number(1))
        bench.finish()
        for code in (staff["box"], staff["tube"], "035200000104"):
            bench.scan(code)
        assert [action for action, _, _ in done(bench)] == ["box", "box"]

    def test_a_report_says_how_often_what_was_done_and_one_by_one_what_was_taken_back(self, make_bench, staff):
        bench = make_bench().start()
        bench.finish()
        bench.scan(CLERK)
        for act in ("pause", "pause", "pool-5", "undo", "report"):
            bench.scan(staff[act])
            bench.finish()
        shift = next(job.subject for job in bench.sent if job.kind is JobKind.REPORT)
        assert shift.acts == {StaffAction.PAUSE: 2, StaffAction.POOL_5: 1, StaffAction.UNDO: 1}
        assert [(act.action, act.about, act.badge) for act in shift.taken_back] == [(StaffAction.UNDO, "10", "C0017")]


class TestUndo:
    def test_what_still_waits_is_called_off(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.finish()
        bench.scan(staff["exempt-recovered"])
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "undone")
        assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")

    def test_a_question_is_called_off_too(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.scan(number(1))
        bench.finish()
        bench.scan(staff["void"])
        bench.scan(number(1))
        bench.scan(staff["undo"])
        assert bench.scan(staff["yes"]) == (Signal.REFUSED, "refused.nothing-to-do")

    def test_a_pause_a_pool_and_an_exemption(self, make_bench, number, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        bench.scan(staff["pause"])
        bench.scan(staff["undo"])
        assert not bench.state.staff.paused
        bench.scan(staff["pool-5"])
        bench.finish()
        bench.scan(staff["undo"])
        assert bench.state.pool == Pool(10)
        bench.scan(staff["exempt-recovered"])
        bench.scan(number(1))
        key = bench.state.staff.undoable.exempt.person.key
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "exemption-undone")
        assert bench.look_up(ExemptionOf(key)) is None
        assert bench.state.counters.totals.exempt == 0
        assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")

    def test_a_seal_that_nobody_came_after(self, make_bench, number, staff):
        bench = make_bench(closing_slip=True).start()
        bench.scan(number(1))
        bench.finish()
        bench.scan(staff["seal"])
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "tube-reopened")
        tube = bench.look_up(TubeBy("035200000104"))
        assert (tube.state, tube.filled) == (TubeState.OPEN, 1)
        bench.finish()
        bench.scan(number(2))
        assert bench.look_up(TubeBy("035200000104")).filled == 2

    def test_a_seal_from_before_the_clock_was_right_keeps_the_tubes_corrected_time(self, make_bench, number, staff):
        bench = make_bench()
        bench.trusted = False
        bench.start()
        bench.scan(number(1))
        bench.finish()
        bench.scan(staff["seal"])
        bench.trusted = True
        bench.engine.rest()
        assert bench.scan(staff["undo"]) == (Signal.NOTED, "tube-reopened")
        assert bench.look_up(TubeBy("035200000104")).at.trusted

    def test_what_something_came_of_is_not_undone(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.finish()
        bench.scan(number(1))
        bench.finish()
        bench.scan(staff["seal"])
        bench.scan(number(2))
        assert bench.scan(staff["undo"]) == (Signal.REFUSED, "refused.cannot-undo")
        assert bench.scan(staff["undo"]) == (Signal.REFUSED, "refused.cannot-undo")

    def test_a_tube_that_was_sealed_and_lies_in_a_box_is_not_open_again(self, make_bench, number, staff):
        bench = make_bench().start()
        bench.finish()
        bench.scan(number(1))
        bench.finish()
        bench.scan(staff["box"])
        bench.scan(staff["seal"])
        bench.scan("035200000104")
        assert bench.scan(staff["undo"]) == (Signal.REFUSED, "refused.cannot-undo")
        assert bench.look_up(TubeBy("035200000104")).state is TubeState.BOXED

    def test_one_undo_is_not_undone(self, make_bench, staff):
        bench = make_bench().start()
        bench.scan(staff["pause"])
        bench.scan(staff["undo"])
        assert bench.scan(staff["undo"]) == (Signal.REFUSED, "refused.cannot-undo")
