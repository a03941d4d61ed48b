"""How long a label is from cut to cut: it must go round a tube of 46.5 mm and leave its codes readable."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from kiosk.layouts import Letterhead, lay_out
from kiosk.model import CopyReason, Instant, JobKind, JobState, PrintJob, Tube, TubeSource, TubeState
from kiosk.texts import Texts

AT = Instant("boot", 0, 1_653_000_000_000, True)
TUBE = Tube(1, "035200000104", TubeSource.PRINTED, 10, TubeState.OPEN, 3, AT, building="科技园东路12")
HEAD = Letterhead("wy-0352-a", ZoneInfo("Asia/Shanghai"), Texts("zh_CN"), lambda sample: sample.voucher, lambda _: "")
DOTS_A_MM = 8


@pytest.mark.parametrize("copy", [0, 1])
@pytest.mark.parametrize("cutter_mm", [8.0, 12.0, 16.0, 20.0])
def test_a_label_is_25_mm_and_the_way_from_the_head_to_the_cutter(make_printer, cutter_mm, copy):
    rig = make_printer(tear_mm=cutter_mm, cutter=True)
    reason = CopyReason.ASKED if copy else None
    job = PrintJob(1, JobKind.LABEL, "p", JobState.QUEUED, TUBE, copy, reason)
    rig.driver.print([lay_out(job, HEAD)] * 2, lambda _: None)
    for slip in rig.slips:
        assert slip.image.height / DOTS_A_MM == 25 + cutter_mm <= 45
        assert slip.barcodes == ("035200000104",)


@pytest.mark.parametrize("capacity", [1, 5, 20])
def test_so_is_one_without_a_building(make_printer, capacity):
    rig = make_printer(tear_mm=20.0, cutter=True)
    tube = replace(TUBE, building="", capacity=capacity)
    rig.driver.print([lay_out(PrintJob(1, JobKind.LABEL, "p", JobState.QUEUED, tube), HEAD)], lambda _: None)
    assert [slip.image.height / DOTS_A_MM for slip in rig.slips] == [45]
