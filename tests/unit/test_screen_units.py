"""The units of pages and screen: ended before the kiosk, back by themselves, and shut off from its secrets."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
CHOOSER = ROOT / "firmware_config" / "screen-browser"
KIOSK, PAGES, BROWSER = (UNITS / f"{name}.service" for name in ("kiosk", "kiosk-screen", "kiosk-browser"))

needs_systemd_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian package systemd)"
)


def setting(unit: Path, key: str) -> str:
    lines = unit.read_text(encoding="utf-8").splitlines()
    [value] = [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]
    return value


@needs_systemd_analyze
@pytest.mark.parametrize("unit", [PAGES, BROWSER], ids=lambda unit: unit.name)
def test_verify_says_nothing(unit, tmp_path):
    """With programs that every machine has."""
    text = re.sub(
        r"^(ExecStart|ExecCondition)=\S+", r"\1=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"^(After|Wants)=.*kiosk.*$", "", text, flags=re.MULTILINE), encoding="utf-8")
    command = ["systemd-analyze", "--no-pager", "verify", "--man=no", "--recursive-errors=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL)
    assert done.stdout + done.stderr == ""


@needs_systemd_analyze
def test_the_pages_are_exposed_little():
    command = ["systemd-analyze", "--no-pager", "security", "--offline=true", str(PAGES)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL).stdout
    found = re.search(r"^→ Overall exposure level for \S+: ([0-9.]+) ", said, re.MULTILINE)
    assert found, said
    assert float(found[1]) < 3.0


def test_short_of_memory_the_browser_ends_first_and_the_kiosk_last():
    scores = [int(setting(unit, "OOMScoreAdjust")) for unit in (KIOSK, PAGES, BROWSER)]
    assert scores == sorted(scores)
    assert scores[0] < 0 < scores[1] < scores[2]
    for unit in (PAGES, BROWSER):
        assert setting(unit, "MemorySwapMax") == "0"
        assert int(setting(unit, "MemoryMax").removesuffix("M")) > 0


def test_each_is_back_within_seconds_of_its_end_however_often():
    for unit in (PAGES, BROWSER):
        assert setting(unit, "Restart") == "always"
        assert float(setting(unit, "RestartSec")) <= 3
        assert setting(unit, "StartLimitIntervalSec") == "0"


def test_neither_reads_the_kiosks_state_or_keys_nor_is_its_user():
    users = [setting(unit, "User") for unit in (KIOSK, PAGES, BROWSER)]
    assert len(set(users)) == 3
    for unit in (PAGES, BROWSER):
        hidden = setting(unit, "InaccessiblePaths").split()
        assert {"-/var/lib/kiosk", "-/etc/kiosk/keys"} <= set(hidden)
        assert "round-key" not in unit.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("memory_kib", "there", "chosen"),
    [
        (3_900_000, ("chromium", "cog"), "chromium"),
        (1_900_000, ("chromium-browser",), "chromium-browser"),
        (940_000, ("chromium", "cog"), "cog"),
        (940_000, ("chromium",), None),
        (430_000, ("chromium", "cog"), None),
    ],
)
def test_the_browser_is_one_that_the_machine_can_carry(tmp_path, memory_kib, there, chosen):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in there:
        (programs / name).write_text('#!/bin/sh\nfor last; do :; done\necho "${0##*/} $last"\n')
        (programs / name).chmod(0o755)
    (programs / "sed").symlink_to("/bin/sed")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal:        {memory_kib} kB\n")
    environment = {"PATH": str(programs), "MEMINFO": str(meminfo), "RUNTIME_DIRECTORY": str(tmp_path)}
    for asked, said in (
        ("--fits", ""),
        ("http://127.0.0.1:8480/resident", f"{chosen} http://127.0.0.1:8480/resident\n"),
    ):
        done = subprocess.run(
            ["/bin/sh", str(CHOOSER), asked], env=environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == (1 if chosen is None else 0), done.stderr
        assert done.stdout == ("" if chosen is None else said)
    assert os.access(CHOOSER, os.X_OK)
