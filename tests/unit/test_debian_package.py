"""The Debian package: its fields, what lies where, and what its scripts and units say; `make test-deb` installs it."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from debian_package import PLACES, PROGRAMS, ROOT, SCRIPTS, SUITES, as_packaged, control, of_pip, schema, version

DEBIAN = ROOT / "packaging" / "debian"
# What is no file of a device: each says why.
ELSEWHERE: dict[str, str] = {}


def _packaged(name: str) -> str:
    return as_packaged((ROOT / name).read_text(encoding="utf-8"))


def test_the_version_is_the_projects_and_grows_with_each_commit_and_release_of_debian() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version(SUITES["bookworm"], 548) == f"{project}+548+deb12"
    assert version(SUITES["trixie"], 548) == f"{project}+548+deb13"


@pytest.mark.parametrize(
    ("suite", "python", "zbar"),
    [
        ("bookworm", "python3 (>= 3.11), python3 (<< 3.12)", "libzbar0,"),
        ("trixie", "python3 (>= 3.13), python3 (<< 3.14)", "libzbar0t64,"),
    ],
)
def test_it_asks_for_the_python_of_its_wheels_and_what_debian_has_better(suite: str, python: str, zbar: str) -> None:
    fields = dict(
        line.split(": ", 1) for line in control(SUITES[suite], "arm64", "1.0", 12).splitlines() if line[0] != " "
    )
    assert fields["Package"] == "kiosk"
    assert fields["Architecture"] == "arm64"
    assert fields["Installed-Size"] == "12"
    assert python in fields["Depends"]
    assert zbar in fields["Depends"]
    # libstdc++ is zxing-cpp's: a root without it has everything else.
    assert {"python3-evdev", "python3-numpy", "libstdc++6"} <= set(fields["Depends"].split(", "))
    assert "python3-lgpio" in fields["Recommends"]
    assert fields["Conflicts"] == "brltty (<< 6.5), cups-daemon, ipp-usb, watchdog"


def test_every_unit_and_every_file_of_the_pi_is_inside() -> None:
    files = {f"systemd/{path.name}" for path in (ROOT / "systemd").iterdir()}
    files |= {f"firmware_config/{path.name}" for path in (ROOT / "firmware_config").iterdir()}
    files |= {f"packaging/debian/{path.name}" for path in DEBIAN.iterdir() if path.name not in SCRIPTS}
    assert files - set(PLACES) == set(ELSEWHERE)
    assert set(PLACES) <= files


def test_nothing_in_it_looks_for_the_other_way_of_installing() -> None:
    units = [name for name in PLACES if name.endswith((".service", ".tmpfiles", ".conf"))]
    assert [name for name in units if "/opt/kiosk" in _packaged(name)] == []
    assert "ExecStart=/usr/bin/kiosk run --config /etc/kiosk/kiosk.toml" in _packaged("systemd/kiosk.service")


def test_the_programs_that_units_start_are_programs() -> None:
    started = set()
    for name in PLACES:
        if name.endswith(".service"):
            started |= set(re.findall(r"^Exec\w+=-?(?:.* )?/(usr/lib/kiosk/\S+)", _packaged(name), re.MULTILINE))
    assert started
    assert started <= PROGRAMS


def test_all_is_fetched_by_hash_but_what_is_debians() -> None:
    lock = of_pip((ROOT / "requirements" / "device.txt").read_text(encoding="utf-8"))
    names = re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE)
    assert "cryptography" in names
    assert "zxing-cpp" in names
    assert not {"evdev", "evdev-binary", "numpy"} & set(names)
    for entry in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", [*SCRIPTS, "restart-when-quiet"])
def test_each_script_is_shell(name: str) -> None:
    subprocess.run(["/bin/sh", "-n", DEBIAN / name], check=True, timeout=20)


def test_the_schema_that_it_guards_is_the_journals() -> None:
    assert schema() == len(list((ROOT / "kiosk" / "journal" / "migrations").glob("*.sql"))) > 0
    assert '"@SCHEMA@"' in (DEBIAN / "preinst").read_text(encoding="utf-8")


def test_a_table_that_is_not_provisioned_is_not_started_again_and_again_and_says_so() -> None:
    wanted = re.findall(r"^LoadCredential=[^:]+:(.*)$", _packaged("systemd/kiosk.service"), re.MULTILINE)
    paths = {"/etc/kiosk/kiosk.toml", *wanted}
    conditions = re.findall(r"^ConditionPathExists=(.*)$", _packaged("packaging/debian/provisioned.conf"), re.MULTILINE)
    assert set(conditions) == paths
    words = _packaged("packaging/debian/kiosk-unprovisioned.service")
    assert set(re.findall(r"^ConditionPathExists=\|!(.*)$", words, re.MULTILINE)) == paths
    assert "not provisioned" in _packaged("packaging/debian/unprovisioned.txt")


def _restart(mark: Path, quiet_s: int, bound_s: int) -> str:
    done = subprocess.run(
        [DEBIAN.joinpath("restart-when-quiet").as_posix(), str(quiet_s), str(bound_s), str(mark)],
        env={**os.environ, "RESTART": "echo restarted"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_a_quiet_table_is_restarted_at_once(tmp_path: Path) -> None:
    mark = tmp_path / "journal.mark"
    mark.touch()
    os.utime(mark, (1_000_000_000, 1_000_000_000))
    assert _restart(mark, 10, 120) == "restarting into the new release after 0 s\nrestarted\n"


def test_a_table_that_never_rests_is_restarted_at_the_bound(tmp_path: Path) -> None:
    mark = tmp_path / "journal.mark"
    mark.touch()
    assert _restart(mark, 1000, 1) == "restarting into the new release after 1 s\nrestarted\n"


def test_a_table_without_a_journal_waits_for_nothing(tmp_path: Path) -> None:
    assert "after 0 s" in _restart(tmp_path / "none", 10, 120)
