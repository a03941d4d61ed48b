"""The service unit: what the service manager says of it, and what it owes the engine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drivers.camera import camera_child, zbar_child
from kiosk.cli import EXIT_CONFIG
from kiosk.cli.statuses import EXIT_UNPROVISIONED
from kiosk.config import read_config
from kiosk.engine.engine import QUIET_S

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "systemd" / "kiosk.service"
MOST_EXPOSURE = 2.5
DAEMON_MB = 90

needs_systemd_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian package systemd)"
)


def _settings(key: str) -> list[str]:
    """The values of all lines `key=`, in their order."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def _setting(key: str) -> str:
    [value] = _settings(key)
    return value


def _analyze(*arguments: str | Path) -> str:
    """All that systemd-analyze says; it exits 0 after an unknown key, so its words are what counts."""
    command = ["systemd-analyze", "--no-pager", *map(str, arguments)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=50
    )
    return done.stdout


def _verify(unit: Path) -> str:
    return _analyze("verify", "--man=no", "--recursive-errors=no", unit)


def _exposure(unit: Path) -> float:
    said = _analyze("security", "--offline=true", unit)
    found = re.search(r"^→ Overall exposure level for \S+: ([0-9.]+) ", said, re.MULTILINE)
    assert found, said
    return float(found[1])


def _copy(directory: Path, *edits: tuple[str, str]) -> Path:
    """The unit with its program replaced by one that every machine has, then edited.

    `verify` looks whether the program is there; on a machine that is no kiosk it is not, and that is no fault of the
    unit. All else stays as shipped."""
    text = UNIT.read_text(encoding="utf-8")
    programs = (r"^ExecStart=\S+", "ExecStart=/bin/true"), (r"^ExecStopPost=-\S+", "ExecStopPost=-/bin/true")
    for pattern, put in (*programs, *edits):
        text, count = re.subn(pattern, put, text, flags=re.MULTILINE)
        assert count, pattern
    copy = directory / UNIT.name
    copy.write_text(text, encoding="utf-8")
    return copy


@needs_systemd_analyze
def test_verify_says_nothing(tmp_path: Path) -> None:
    assert _verify(_copy(tmp_path)) == ""


@needs_systemd_analyze
@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ((r"^WatchdogSec=", "WatchdogSecs="), "Unknown key"),
        ((r"^Restart=always$", "Restart=allways"), "Failed to parse"),
        ((r"=@system-service$", "=@sytem-service"), "ystem call"),
    ],
)
def test_verify_would_tell_a_slip(tmp_path: Path, edit: tuple[str, str], complaint: str) -> None:
    assert complaint in _verify(_copy(tmp_path, edit))


@needs_systemd_analyze
def test_exposure_is_low() -> None:
    assert _exposure(UNIT) < MOST_EXPOSURE


@needs_systemd_analyze
def test_exposure_would_tell_a_unit_that_is_left_open(tmp_path: Path) -> None:
    opened = _copy(tmp_path, (r"^(SystemCallFilter|CapabilityBoundingSet|Protect\w+|Restrict\w+)=.*$", ""))
    assert _exposure(opened) > MOST_EXPOSURE


def test_tells_when_ready_and_is_watched_with_time_to_spare() -> None:
    assert _setting("Type") == "notify"
    assert _setting("NotifyAccess") == "main"
    assert float(_setting("WatchdogSec")) >= 10 * QUIET_S


def test_starts_again_always_but_after_a_config_error() -> None:
    assert _setting("Restart") == "always"
    assert _setting("StartLimitIntervalSec") == "0"
    assert _setting("RestartPreventExitStatus") == f"{EXIT_UNPROVISIONED} {EXIT_CONFIG}"


def test_every_end_is_followed_by_darkness() -> None:
    program, *arguments = _setting("ExecStopPost").split()
    assert program == f"-{_setting('ExecStart').split()[0]}", "whatever becomes of it, the kiosk starts again"
    assert arguments == ["dark", "--state", f"%S/{_setting('StateDirectory')}"]


def test_state_and_keys_are_where_the_kiosk_looks() -> None:
    sample = read_config(ROOT / "firmware_config" / "kiosk.toml")
    assert str(sample.state.directory) == f"/var/lib/{_setting('StateDirectory')}"
    assert _setting("StateDirectoryMode") == "0700"
    keys = dict(credential.split(":") for credential in _settings("LoadCredential"))
    assert keys == {name: f"/etc/kiosk/keys/{name}" for name in ("round-key", "staff-key", "voucher-key")}


def test_whoever_of_its_processes_is_ended_for_memory_the_kiosk_serves_on() -> None:
    """And the camera's limits act before the unit's does."""
    assert _setting("OOMPolicy") == "continue"
    most_mb = int(_setting("MemoryMax").removesuffix("M"))
    assert most_mb > DAEMON_MB + (camera_child.MEMORY + zbar_child.MEMORY >> 20)
    assert int(_setting("OOMScoreAdjust")) < camera_child.OOM < zbar_child.OOM


def test_does_not_wait_for_a_network() -> None:
    ordered = " ".join(_settings("After") + _settings("Wants") + _settings("Requires"))
    assert "network" not in ordered


def test_reaches_its_devices_and_no_others() -> None:
    assert _setting("DevicePolicy") == "closed"
    assert not _settings("PrivateDevices")
    groups = {"char-ttyUSB", "char-ttyACM", "char-ttyAMA", "char-ttyS", "char-usb", "char-input", "char-gpiochip"}
    camera = {"char-video4linux", "char-media", "char-dma_heap"}
    assert set(_settings("DeviceAllow")) == {f"{group} rw" for group in groups | camera}
    assert set(_setting("SupplementaryGroups").split()) == {"dialout", "lp", "input", "gpio", "video"}


def test_sees_what_the_board_and_the_boot_are_called() -> None:
    assert _setting("ProcSubset") == "all"
