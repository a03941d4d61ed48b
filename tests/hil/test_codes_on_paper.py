"""Staff codes on the kiosk's own paper: every one is read from it, and each kind of end is told."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import ImageOps

from kiosk.app import alone
from kiosk.cli import main
from kiosk.credentials import badge_text, key_of_round, staff_codes
from kiosk.model import Badge, StaffRole
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.wire import TcpWire
from kiosk_file import GOOD

KEY = b"a staff key of the tests"
CONFIG = f"""
{GOOD.replace("2022-05-r1", "r1")}
host = "127.0.0.1"
port = {{port}}
paper_mm = {{paper}}
[state]
directory = "{{state}}"
""".replace('kind = "usb"', 'kind = "tcp"')


@pytest.fixture(params=[58, 80])
def table(request, tmp_path):
    wire = TcpWire()
    slips: list[Slip] = []
    with VirtualPrinter(wire, PrinterSettings(paper_mm=request.param, head_mm_s=2000.0), slips.append) as printer:
        (tmp_path / "staff-key").write_bytes(KEY)
        (tmp_path / "kiosk.toml").write_text(CONFIG.format(port=wire.port, paper=request.param, state=tmp_path))
        yield tmp_path, printer, slips


def codes(folder: Path) -> int:
    given = ["--config", folder / "kiosk.toml", "--credentials", folder, "--printer", "--badges", "lead:7"]
    return main(["staff-codes", *map(str, given)])


def read(slips: list[Slip]) -> list[str]:
    pictures = (ImageOps.expand(slip.image.convert("L"), (24, 0), 255) for slip in slips)
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def test_every_code_and_badge_is_read_from_the_paper(table, capsys):
    folder, printer, slips = table
    assert codes(folder) == 0
    printer.stop()  # Then all slips are drawn.
    assert capsys.readouterr().out == "6 slips were printed on printer\n"
    expected = {*staff_codes(key_of_round(KEY, "r1")), badge_text(KEY, Badge(StaffRole.LEAD, 7))}
    assert sorted(read(slips)) == sorted(expected)
    words = [line.decode("gbk") for line in slips[0].lines]
    assert words[0].strip() == "回答与撤回 Answers"
    assert words[1].strip() == "wy-0352  r1"


def test_a_kiosk_that_serves_keeps_its_printer(table, capsys):
    folder, _, slips = table
    with alone(folder):
        assert codes(folder) == 75
    assert ("Stop it (sudo systemctl stop kiosk)" in capsys.readouterr().err, slips) == (True, [])


def test_paper_that_is_out_is_told_and_nothing_is_printed(table, capsys):
    folder, printer, slips = table
    printer.paper_out()
    assert codes(folder) == 1
    assert ("Not printed: 回答与撤回 Answers" in capsys.readouterr().err, slips) == (True, [])
