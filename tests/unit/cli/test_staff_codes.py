"""Pages of staff codes and badges: every code reads, in both languages, and nobody else may open the file."""

import json
import re
import stat

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import staff_codes as command
from kiosk.credentials import badge_text, key_of_round, staff_codes
from kiosk.model import Badge, StaffAction, StaffRole
from kiosk.model.acts import GROUPS
from kiosk_file import GOOD

KEY = b"a staff key of the tests"
CODES = staff_codes(key_of_round(KEY, "2022-05-r1"))


@pytest.fixture
def call(call, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "staff-key").write_bytes(KEY)
    config = tmp_path / "kiosk.toml"
    config.write_text(GOOD)

    def run(*arguments):
        return call("staff-codes", "--config", config, "--credentials", tmp_path / "keys", *arguments)

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
    assert read_back(pdf) == set(CODES) | badges
    assert stat.S_IMODE(pdf.stat().st_mode) == 0o600


def test_without_a_chinese_font_english_is_there_and_it_is_said(call, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "CHINESE_FONTS", ())
    status, _, err = call("--pdf", tmp_path / "codes.pdf")
    assert (status, "fonts-wqy-microhei" in err) == (0, True)


def test_for_programs(call):
    told = json.loads(call("--json", "--badges", "clerk:2")[1])
    assert told["seal"] in CODES
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


def test_codes_of_another_round_are_others_and_those_of_the_point_are_not(call, tmp_path):
    (now, later), badges = zip(*(pair(call, *more) for more in ([], ["--round", "2022-06-r1"])), strict=True)
    assert (now == later, badges[0] == badges[1]) == (False, True)
    config = tmp_path / "kiosk.toml"
    config.write_text(f'{GOOD}[staff]\ncodes = "point"\n')
    assert pair(call)[0] == pair(call, "--round", "2022-06-r1")[0] in staff_codes(KEY)


def test_codes_of_a_round_that_no_kiosk_can_be_in_are_not_printed(call):
    with pytest.raises(SystemExit):
        call("--round", "2022 06 R1")


def pair(call, *more):
    """The code YES and a badge."""
    told = json.loads(call("--json", "--badges", "clerk:2", *more)[1])
    return told["yes"], told["C0002"]


def test_renewed_all_that_was_printed_is_void_and_it_is_said_what_to_do(call, tmp_path):
    before = pair(call)
    status, out, err = call("--renew", "--json", "--badges", "clerk:2")
    told = json.loads(out)
    assert status == 0
    assert "Copy it to each table of the point, restart each" in err
    assert pair(call) == (told["yes"], told["C0002"])
    assert {told["yes"], told["C0002"]}.isdisjoint(before)
    assert stat.S_IMODE((tmp_path / "keys" / "staff-key").stat().st_mode) == 0o600


def test_a_key_that_cannot_be_written_stays(call, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(30, "Read-only file system", "k")

    monkeypatch.setattr("pathlib.Path.replace", refused)
    status, out, err = call("--renew", "--json")
    assert (status, out) == (73, "")
    assert err == "k: Read-only file system. Nothing was changed: run it as root.\n"
    assert (tmp_path / "keys" / "staff-key").read_bytes() == KEY
