"""Pages of staff codes and badges: every code reads, in both languages, and nobody else may open the file."""

import json
import re
import stat

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main, vouchers
from kiosk.credentials import badge_text, staff_codes
from kiosk.model import Badge, StaffAction, StaffRole
from kiosk.office.code_sheets import GROUPS

KEY = b"a staff key of the tests"


@pytest.fixture
def call(tmp_path, capsys):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "staff-key").write_bytes(KEY)

    def run(*arguments):
        status = main(["staff-codes", "--credentials", str(tmp_path / "keys"), *map(str, arguments)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def read_back(pdf):
    """The texts of all codes on all pages, as a reader that is not ours finds them in the embedded pictures."""
    data = pdf.read_bytes()
    found = set()
    for at in (match.start() for match in re.finditer(rb"\xff\xd8\xff", data)):
        picture = pdf.with_suffix(".jpg")
        picture.write_bytes(data[at : data.index(b"endstream", at)])
        found |= {code.text for code in zxingcpp.read_barcodes(Image.open(picture))}
    return found


def test_every_code_stands_in_one_group():
    grouped = [action for _, actions in GROUPS for action in actions]
    assert sorted(grouped) == sorted(StaffAction)


def test_every_code_and_badge_of_the_pages_is_read(call, tmp_path):
    pdf = tmp_path / "codes.pdf"
    status, out, _ = call("--pdf", pdf, "--badges", "sampler:1,lead:17")
    assert (status, out) == (0, f"{pdf}: 6 pages\n")
    badges = {badge_text(KEY, Badge(StaffRole.SAMPLER, 1)), badge_text(KEY, Badge(StaffRole.LEAD, 17))}
    assert read_back(pdf) == set(staff_codes(KEY)) | badges
    assert stat.S_IMODE(pdf.stat().st_mode) == 0o600


def test_without_a_chinese_font_english_is_there_and_it_is_said(call, tmp_path, monkeypatch):
    monkeypatch.setattr(vouchers, "CHINESE_FONTS", ())
    status, _, err = call("--pdf", tmp_path / "codes.pdf")
    assert (status, "fonts-wqy-microhei" in err) == (0, True)


def test_for_programs(call):
    told = json.loads(call("--json", "--badges", "clerk:2")[1])
    assert told["seal"] in staff_codes(KEY)
    assert told["C0002"] == badge_text(KEY, Badge(StaffRole.CLERK, 2))
    assert len(told) == len(StaffAction) + 1


@pytest.mark.parametrize("given", ["king:1", "clerk", "clerk:0", "clerk:10000", "clerk:x"])
def test_a_badge_that_is_none_is_told(call, given, capsys):
    with pytest.raises(SystemExit) as ended:
        call("--badges", given)
    assert ended.value.code == 2
    assert "write such as sampler:1,clerk:17" in capsys.readouterr().err


def test_a_place_that_takes_no_file_is_told(call, tmp_path):
    assert call("--pdf", tmp_path / "no" / "codes.pdf")[0] == 73
