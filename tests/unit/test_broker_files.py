"""The brokers' files agree with each other, with the code that makes some of them, and with the service manager."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rights import ASKED, PEOPLE, RECORDS, STATE, rights

FOLDER = Path(__file__).parents[2] / "firmware_config" / "broker"
READERS = ["board", "centre", "check", "collector", "records"]
TABLES = ["wy-0352/a", "wy-0352/b", "point/wy-0353/state", "point/wy-0353/records"]
COUNTY = ["county/wuyuan/state", "county/wuyuan/records"]
PROGRAM = "/opt/kiosk/venv/bin/kiosk"


def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize(("folder", "names"), [("county", TABLES), ("city", COUNTY)])
def test_the_shipped_rights_are_what_the_command_writes(folder: str, names: list[str]) -> None:
    assert _text(f"{folder}/kiosk.acl") == rights(names_of([*READERS, *names]))


@pytest.mark.parametrize("name", ["point.conf", "city/bridges.conf"])
def test_a_bridge_carries_all_but_people_and_brings_what_is_asked(name: str) -> None:
    found = re.findall(r"^topic sampling/v1/(?:[\w+-]+/){4}(\S+) (\w+) (\d)$", _text(name), re.MULTILINE)
    out = {leaf: qos for leaf, way, qos in found if way == "out"}
    assert out == dict.fromkeys(STATE, "0") | dict.fromkeys(RECORDS, "1")
    assert {leaf for leaf, way, _ in found if way == "in"} == set(ASKED)
    assert not set(out) & set(PEOPLE)


@pytest.mark.parametrize("name", ["point.conf", "county/kiosk.conf", "city/bridges.conf"])
def test_nothing_is_said_twice_that_debians_file_says(name: str) -> None:
    """mosquitto does not start then: "Duplicate persistence_location value in configuration"."""
    assert not re.findall(r"^(?:persistence|persistence_location|pid_file|log_dest)\b.*", _text(name), re.MULTILINE)


def _command() -> str:
    [line] = re.findall(r"^ExecStartPost=/bin/sh -c '(.*)'$", _text("county/mosquitto-kiosk.conf"), re.MULTILINE)
    return str(line).replace("$$", "$")


@pytest.mark.parametrize(("status", "starts"), [(0, True), (1, False), (69, True)])
def test_only_what_the_check_finds_stops_the_broker(tmp_path: Path, status: int, starts: bool) -> None:
    program = tmp_path / "kiosk"
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\nexit {status}\n')
    program.chmod(0o755)
    done = subprocess.run(["/bin/sh", "-c", _command().replace(PROGRAM, str(program))], timeout=20)
    assert (done.returncode == 0) is starts
    assert (tmp_path / "asked").read_text().startswith("broker check --host localhost --ca ")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_service_manager_understands_it(tmp_path: Path) -> None:
    unit = tmp_path / "mosquitto.service"
    unit.write_text("[Service]\nType=notify\nExecStart=/bin/true\n")
    (tmp_path / "mosquitto.service.d").mkdir()
    shipped = _text("county/mosquitto-kiosk.conf").replace(PROGRAM, "/bin/true")
    (tmp_path / "mosquitto.service.d" / "kiosk.conf").write_text(shipped)
    command = ["systemd-analyze", "--no-pager", "verify", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("page", ["README.md", "county/README.md", "city/README.md"])
def test_a_page_names_every_file_beside_it_and_nothing_that_is_not_there(page: str) -> None:
    folder, text = (FOLDER / page).parent, _text(page)
    assert all(f"`{each.name}`" in text for each in folder.iterdir() if each.is_file() and each.name != "README.md")
    assert all((folder / link).exists() for link in re.findall(r"\]\(([^)#:]+)\)", text))
