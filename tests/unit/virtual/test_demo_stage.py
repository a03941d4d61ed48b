"""The demo's picture on a terminal: it fills it, in either language, and cuts no number."""

import io

import pytest
from rich.console import Console

from kiosk.texts import LANGUAGES, Texts
from kiosk.virtual.demo.crowd import Kind, Visit
from kiosk.virtual.demo.stage import LiveStage
from kiosk.virtual.demo.subscriber import Received
from kiosk.virtual.demo.visits import Served

NUMBER, TUBE = "**************7240", "035200000104"
COUNTS = {"samples": 123456, "tubes": 12346, "labels": 12399, "vouchers": 123456, "voided": 12}
REFUSED = {"already-sampled": 12000, "wrong-check-digit": 345, "not-at-this-scanner": 6789, "printer-offline": 17}


def drawn(language, size):
    width, height = size
    out = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None)
    stage = LiveStage(console, 100000, Texts(language))
    values = {"number": NUMBER, "tube": TUBE, "position": "10", "capacity": "20"}
    words = Texts(language).notice("accepted", values)
    for n in range(60):
        stage.visit(Served(Visit(n + 1000, Kind.NUMBER_CODE, False), True, "", words, 0.0, None))
    stage.visit(Served(Visit(2000, Kind.WRONG_NUMBER, False), False, "not-at-this-scanner", "…", 0.0, None))
    stage.received(Received("a/b/counts/e", COUNTS | {"refused": REFUSED}, True, 0.0))
    stage._paper.extend([f"编号 {TUBE}", "V0352000000158"] * 30)  # noqa: SLF001
    stage.where("http://127.0.0.1:8480/resident", "http://127.0.0.1:8480/staff", "http://127.0.0.1:8481/")
    console.print(stage.picture(), height=height)
    return out.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("size", [(80, 24), (130, 45)], ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_fills_the_terminal_and_cuts_no_number(language, size):
    lines = drawn(language, size)
    assert len(lines) == size[1]
    picture = "\n".join(lines)
    visits = [line for line in lines if "✔" in line]
    assert len(visits) >= 5
    assert all(NUMBER in line and TUBE in line and "10" in line.split(TUBE)[1] for line in visits)
    assert "2001 ✘" in picture
    for n in COUNTS.values():
        assert str(n) in picture
    cells = [cell.split() for line in lines for cell in line.split("│") if "✘" in cell and "2001" not in cell]
    assert sum(int(cell[-1]) for cell in cells) == sum(REFUSED.values()), (
        "the rarest reasons share a line where there is no room"
    )
    assert f"编号 {TUBE}" in picture
    assert "V0352000000158" in picture
    for address in ("http://127.0.0.1:8480/resident", "http://127.0.0.1:8480/staff", "http://127.0.0.1:8481/"):
        assert address in picture.replace("\n", "")
