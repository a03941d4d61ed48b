"""`kiosk scan --image`: what is told of pictures, and what is not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import qrcode
from PIL import Image

from kiosk.cli import main
from kiosk.doctor.pictures import described, masked

NUMBER = "110199199001010010"
NO_PICTURE = "not a picture, or none of PNG, JPEG, WEBP, GIF, BMP, TIFF, PPM"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """b is a name and a number, a a number, c no picture."""
    qrcode.make(f"测试姓名|{NUMBER}").save(tmp_path / "b.png")
    qrcode.make(NUMBER).save(tmp_path / "a.jpg")
    (tmp_path / "c.png").write_text("no picture")
    return tmp_path


def _told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _one(text: str) -> list[dict[str, str]]:
    return [{"text": text, "format": "QRCode", "engine": "zxing-cpp"}]


def test_a_folder_is_read_in_order_and_masked(folder, capsys):
    assert main(["scan", "--image", str(folder)]) == 1
    number, both, no_picture = _told(capsys)
    assert number.pop("ms") > 0
    assert number == {"file": str(folder / "a.jpg"), "symbols": _one("**************0010")}
    assert both["symbols"] == _one("**************0010")
    assert no_picture == {"file": str(folder / "c.png"), "error": NO_PICTURE}


def test_the_time_told_is_that_of_the_decoding_alone(folder):
    ticks = iter([5_000_000, 47_340_000])
    assert described(folder / "a.jpg", lambda _: [], raw=False, clock_ns=ticks.__next__)["ms"] == 42.3
    assert described(folder / "c.png", lambda _: [], raw=False, clock_ns=ticks.__next__)["error"] == NO_PICTURE


def test_raw_shows_the_whole_payload(folder, capsys):
    assert main(["scan", "--raw", "--image", str(folder / "b.png"), str(folder / "a.jpg")]) == 0
    assert [told["symbols"][0]["text"] for told in _told(capsys)] == [f"测试姓名|{NUMBER}", NUMBER]


def test_dark_pictures_of_16_bits_are_read_too(tmp_path, capsys):
    dim = np.asarray(qrcode.make(NUMBER).get_image().convert("L")).astype(np.uint16) + 300
    Image.fromarray(dim).save(tmp_path / "dim.png")
    assert main(["scan", "--image", str(tmp_path / "dim.png")]) == 0
    assert _told(capsys)[0]["symbols"] == _one("**************0010")


@pytest.mark.parametrize("kind", ["EPS", "DDS", "PDF"])
def test_no_kind_is_opened_that_nobody_takes_pictures_in(tmp_path, capsys, kind):
    file = tmp_path / f"a.{kind.lower()}"
    qrcode.make(NUMBER).get_image().convert("RGB").save(file, kind)
    assert main(["scan", "--image", str(file)]) == 1
    assert _told(capsys) == [{"file": str(file), "error": NO_PICTURE}]


def test_any_name_of_a_file_is_told_in_any_locale(folder):
    (folder / "a.jpg").rename(folder / "测试é.jpg")
    (folder / "b.png").rename(os.fsdecode(os.fsencode(folder) + b"/\xff.png"))
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "kiosk", "scan", "--image", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, env=environment)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [os.fsencode(each["file"]).rpartition(b"/")[2] for each in told] == [
        b"c.png",
        "测试é.jpg".encode(),
        b"\xff.png",
    ]
    assert [len(each.get("symbols", [])) for each in told] == [0, 1, 1]


def test_a_file_that_is_not_there_is_an_error_of_its_own(folder, capsys):
    assert main(["scan", "--image", str(folder / "none.png"), str(folder / "a.jpg")]) == 1
    missing, there = _told(capsys)
    assert missing == {"file": str(folder / "none.png"), "error": "No such file or directory"}
    assert there["symbols"]


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (NUMBER, "**************0010"),
        ("11019919900101001X", "**************001X"),
        ("V0352000000158", "***********158"),
        (f"{NUMBER}|测试姓名", "*" * 18),
        ("张三丰", "***"),
        ("P<CHNZHANG<<SAN<FENG", "*" * 18),
        ("A1b2C3d4E5f6", "*" * 12),
        ("", ""),
    ],
)
def test_no_identity_can_be_read_in_masked_text(payload, shown):
    assert masked(payload.encode()) == shown


def test_lines_come_one_by_one_and_no_process_stays(folder):
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "scan", "--image", str(folder)], capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 3
