"""What residents and staff see of a table, moment by moment."""

import json
from dataclasses import asdict, replace

import pytest

from kiosk.credentials import badge_text, staff_codes
from kiosk.engine.inbox import DeviceNews, PrinterNews
from kiosk.model import Badge, Hand, StaffAction, StaffRole
from kiosk.ports import PrinterFault, PrinterState, PrintOutcome, Signal
from kiosk.screen.faces import Symbol, Tone
from kiosk.screen.gauges import Gauges, Way, speed_of
from kiosk.screen.resident import Face, Passing, ResidentView, after, farewell, resident_view
from kiosk.screen.staff import Said, staff_view
from kiosk.session import Show
from kiosk.session.plan import Badges
from kiosk.texts import Texts
from table_bench import STAFF_KEY, Bench, listed, plan_of, resident_number

CHINESE = Texts("zh_CN")
CODES = {action: text for text, action in staff_codes(STAFF_KEY).items()}
OUT = PrinterState(known=True, faults=frozenset({PrinterFault.PAPER_OUT}))


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path / "journal.sqlite", plan_of()).start()
    bench.finish()
    yield bench
    bench.journal.close()


def resident(bench, after_ms=0):
    """What the screen shows so long after what was told last."""
    now_ns = bench.clock().mono_ns
    passing: Passing | None = None
    for signal, notice in bench.shown:
        passing = after(passing, Show(signal, notice), now_ns)
    return resident_view(bench.state, passing, now_ns + after_ms * 1_000_000, CHINESE)


def staff(bench):
    signal, notice = bench.shown[-1]
    at = bench.clock()
    return staff_view(bench.state, Said(signal, notice, at.mono_ns), Gauges(), at, CHINESE)


def test_a_table_that_is_ready_asks_for_card_or_code(bench):
    assert resident(bench).resting == Face(Tone.READY, Symbol.SHOW, "请出示证件", "身份证或健康码", "ready")
    assert resident(bench).passing is None


def test_whoever_is_registered_sees_name_place_and_tube_for_four_seconds(bench):
    bench.scan(resident_number(1))
    seen = resident(bench)
    assert seen.passing is not None
    assert (seen.passing.headline, seen.passing.tone) == ("登记成功", Tone.ACCEPTED)
    assert (seen.passing.place, seen.passing.tube) == ("1/10", bench.state.sampling.open.code)
    assert seen.for_ms == 4000
    assert resident(bench, after_ms=3999).for_ms == 1
    assert resident(bench, after_ms=4000) == ResidentView(seen.resting)


def test_green_is_not_left_to_whoever_is_refused_next(bench):
    bench.scan(resident_number(1))
    bench.scan("KS-AAAAAAAAAAAAAAAAAAAAAAAA", wait_s=1)
    assert bench.shown[-1][1].key == "refused.old-staff-code"
    assert resident(bench).passing is None


def test_green_does_not_outlast_what_was_taken_back(bench):
    bench.scan(resident_number(1))
    bench.finish()
    bench.scan(CODES[StaffAction.VOID_LAST], hand=Hand.STAFF)
    bench.scan(CODES[StaffAction.YES], hand=Hand.STAFF, wait_s=2)
    assert any(notice.key == "voided" for _, notice in bench.shown)
    assert resident(bench).passing is None


def test_where_badges_are_required_the_page_says_why_nothing_can_be_pressed(tmp_path):
    bench = Bench(tmp_path / "required.sqlite", plan_of(badges=Badges.REQUIRED)).start()
    bench.finish()
    assert staff(bench).badge_first == "还没有扫工牌，没有执行：请先扫自己的工牌"
    bench.scan(badge_text(STAFF_KEY, Badge(StaffRole.LEAD, 17)), hand=Hand.STAFF)
    assert (staff(bench).badge, staff(bench).badge_first) == ("L0017", "")
    bench.journal.close()


def test_whoever_paused_is_told_how_to_go_on(bench):
    bench.scan(CODES[StaffAction.PAUSE], hand=Hand.STAFF)
    assert staff(bench).faults == ("采样已暂停，要继续请扫「暂停/继续」",)


def test_two_people_of_one_face_are_told_apart(bench):
    bench.scan(resident_number(1)[:-1] + "A")
    first = resident(bench)
    bench.scan(resident_number(2)[:-1] + "A", wait_s=1)
    second = resident(bench)
    assert first.passing is not None
    assert first.passing == second.passing
    assert first != second


def test_no_view_says_a_number(bench):
    bench.scan(resident_number(1))
    bench.scan(resident_number(1), wait_s=20)
    for view in (resident(bench), staff(bench)):
        assert resident_number(1)[:14] not in json.dumps(asdict(view))


def test_whoever_comes_again_sees_why_not_and_what_to_do(bench):
    bench.scan(resident_number(1))
    bench.finish()
    bench.scan(resident_number(1), wait_s=20)
    assert resident(bench).passing == Face(
        Tone.REFUSED, Symbol.CROSS, "已经登记过", "本轮已采样，不用再采", "already-sampled"
    )


def test_without_paper_people_are_asked_to_wait_and_staff_are_told_what_to_do(bench):
    bench.printer(OUT)
    assert resident(bench).resting == Face(Tone.WAIT, Symbol.PAPER, "请稍候", "正在换打印纸", "paper")
    assert staff(bench).faults == ("打印机缺纸，请装纸；已登记的数据不会丢失",)
    assert staff(bench).now.signal is Signal.ATTENTION


def test_every_fault_stands_on_the_page_not_only_the_first(bench):
    bench.engine.take(DeviceNews("scanner", True))
    bench.engine.take(DeviceNews("scanner", False))
    bench.engine.take(DeviceNews("broker", False))
    bench.engine.take(PrinterNews("printer", OUT))
    assert [fault[:5] for fault in staff(bench).faults] == ["打印机缺纸", "扫码枪未连", "与中心断开"]


def test_a_question_stands_with_the_slips_number_and_only_while_it_can_be_answered(bench):
    bench.scan(resident_number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    asked = staff(bench).question
    assert asked is not None
    voucher = bench.state.sampling.last.voucher
    assert (asked.slip, asked.may_answer) == (voucher, True)
    assert voucher in asked.text
    assert resident(bench, 9000).resting.line == "工作人员正在核对单据"
    bench.printer(OUT)
    assert staff(bench).question is None


def test_the_tube_fills_place_by_place(bench):
    assert staff(bench).tube is None
    for serial in (1, 2, 3):
        bench.scan(resident_number(serial))
        bench.finish()
    tube = staff(bench).tube
    assert tube.places == (True, True, True, *[False] * 7)
    assert (tube.filled, tube.capacity, tube.pool, tube.limit_s) == (3, 10, "10混1", 7200)
    assert 20 <= tube.open_s <= 40


def test_the_next_tube_is_there_with_its_label_before_this_one_is_full(bench):
    for serial in range(1, 10):
        bench.scan(resident_number(serial))
        bench.finish()
    following = staff(bench).next_tube
    assert following.code == bench.state.sampling.ready.code
    assert following.printed


def test_units_stand_in_the_order_in_which_they_are_called(bench):
    bench.offer([listed(1, "3号楼2单元"), listed(2, "3号楼2单元"), listed(3, "3号楼1单元")])
    bench.scan(CODES[StaffAction.NEXT_UNIT], hand=Hand.STAFF)
    bench.scan(resident_number(1))
    bench.finish()
    bench.engine.rest()
    units = [(each.unit, each.listed, each.came, each.missing, each.called) for each in staff(bench).units]
    assert units == [("3号楼2单元", 2, 1, 1, True), ("3号楼1单元", 1, 0, 1, False)]
    assert resident(bench, 9000).resting.unit == "3号楼2单元"


def test_a_unit_that_is_called_is_seen_by_who_waits(bench):
    bench.offer([listed(1, "3号楼2单元")])
    bench.scan(CODES[StaffAction.NEXT_UNIT], hand=Hand.STAFF)
    seen = resident(bench).passing
    assert (seen.headline, seen.unit) == ("请来采样", "3号楼2单元")


def test_acts_are_those_of_the_staffs_sheet_and_tell_what_a_badge_may_not(bench):
    acts = [act for group in staff(bench).acts for act in group.acts]
    assert {act.action for act in acts} == set(StaffAction)
    assert all(act.allowed for act in acts)


def test_a_kiosk_that_stops_in_good_order_says_so():
    assert farewell(CHINESE).resting.tone is Tone.CLOSED


def test_what_was_said_last_stands_for_ten_seconds(bench):
    bench.scan(resident_number(1))
    bench.finish()
    at = bench.clock()
    signal, notice = bench.shown[-1]
    said = Said(signal, notice, at.mono_ns)
    assert staff_view(bench.state, said, Gauges(), at, CHINESE).said is not None
    later = replace(at, mono_ns=at.mono_ns + 10_000_000_000)
    assert staff_view(bench.state, said, Gauges(), later, CHINESE).said is None


def test_speed_is_of_whole_ways():
    ways = [Way((1.0, 2.0, 3.0, 4.0, 100.0 * n)) for n in range(1, 101)]
    speed = speed_of(ways)
    assert speed is not None
    assert (speed.slips, speed.p50, speed.p99) == (100, 5010.0, 9910.0)
    assert speed.hops == {"decode": 1.0, "decide": 2.0, "commit": 3.0, "render": 4.0, "print": 5000.0}
    assert speed_of([]) is None
