"""What is said to be printed lies there: any fault, at any moment of a job, on any line, in virtual time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printer_rig import virtual_rig

from drivers.escpos.printer import Confirm
from kiosk.ports import Barcode, DeviceError, Document, PrintOutcome, QrCode, Text
from kiosk.virtual.printer import PrinterSettings

SLIPS = (
    Document("voucher", (Text("核酸已采样凭证", 2, 2), Text("证件 **0010"), QrCode("V0352000000158", 6))),
    Document("label", (Text("10混1", 2, 2), Barcode("035200000104", 88, 3))),
    Document("label", (Text("10混1", 2, 2), Barcode("035200000205", 88, 3))),
)
CODES = ("V0352000000158", "035200000104", "035200000205")
NEXT = Document("voucher", (Text("核酸已采样凭证", 2, 2), QrCode("V0352000000255", 6)))
FAULTS = {
    "paper": ("paper_out", "load_paper"),
    "cover": ("open_cover", "close_cover"),
    "power": ("power_off", "power_on"),
    "cable": ("unplug", "plug"),
    "silence": ("silence", None),
    "heat": ("head_hot", None),
    "cutter": ("cutter_error", None),
}
SHORTEST_S = 0.5
"""Nobody acts faster, and no printer that was off listens sooner."""


@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.FENCE, Confirm.STATUS])
@pytest.mark.parametrize("baud", [None, 115200, 9600])
@given(
    fault=st.sampled_from(sorted(FAULTS)),
    after_s=st.floats(0.0, 2.0),
    lasts_s=st.floats(SHORTEST_S, 10.0),
    head_mm_s=st.sampled_from([60.0, 150.0, 600.0]),
)
@settings(max_examples=12)
def test_a_slip_that_is_proved_lies_there_whole(confirm, baud, fault, after_s, lasts_s, head_mm_s):
    printer = PrinterSettings(
        baud=baud, head_mm_s=head_mm_s, process_id=confirm is Confirm.PROCESS_ID, asb=confirm is Confirm.PROCESS_ID
    )
    rig = virtual_rig("serial" if baud else "usb", confirm, printer)
    rig.driver.open(False)
    begin, end = FAULTS[fault]

    def hand():
        yield after_s
        getattr(rig.printer, begin)()
        yield lasts_s
        getattr(rig.printer, end)() if end else getattr(rig.printer, begin)(False)

    report = rig.meanwhile(hand(), lambda: rig.driver.print(SLIPS, lambda _: None))
    proved = [code for code, outcome in zip(CODES, report.outcomes, strict=True) if outcome is PrintOutcome.CONFIRMED]
    lying = [code for slip in rig.slips for code in (*slip.barcodes, *(qr.decode() for qr in slip.qrs))]
    assert [code for code in proved if lying.count(code) != 1] == []
    assert served(rig) == (PrintOutcome.CONFIRMED,)
    rig.pause(5)
    lying = [code for slip in rig.slips for code in (*slip.barcodes, *(qr.decode() for qr in slip.qrs))]
    assert {code for code in lying if lying.count(code) > 1} == set()
    assert set(lying) <= {*CODES, "V0352000000255"}
    assert lying[-1] == "V0352000000255"


def served(rig):
    """The next person, as soon as the printer is back, as the kiosk does it."""
    for _ in range(20):
        try:
            rig.driver.close()
            rig.driver.open(True)
            return rig.driver.print([NEXT], lambda _: None).outcomes
        except DeviceError:
            rig.pause(1.0)
    return None
