"""The Pi's boot files, udev rules, users and directories agree with the sample configuration and the unit."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.config import CameraTable, Config, HidScannerTable, IdCardTable, SerialScannerTable, read_config

FOLDER = Path(__file__).parents[2] / "firmware_config"
HARDWARE_LIMIT_S = 15
I2C_AND_UART = {2, 3, 14, 15}


def _lines(name: str) -> list[str]:
    """The lines of a file that are neither blank nor comment."""
    lines = [line.strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith(("#", ";"))]


@pytest.fixture(scope="module")
def sample() -> Config:
    return read_config(FOLDER / "kiosk.toml")


def _needs(program: str) -> pytest.MarkDecorator:
    missing = shutil.which(program) is None
    return pytest.mark.skipif(missing, reason=f"{program} is not installed (Debian package systemd)")


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to root, so it must be root")


def test_the_sample_names_every_device(sample: Config) -> None:
    assert [scanner.kind for scanner in sample.scanner] == ["id-card", "serial"]
    assert [printer.kind for printer in sample.printer] == ["usb"]
    assert sample.panel is not None
    assert sample.broker is not None


def test_what_the_sample_leaves_commented_out_can_be_used(tmp_path: Path) -> None:
    text = (FOLDER / "kiosk.toml").read_text(encoding="utf-8")
    commented = "".join(re.findall(r"^# \[\[(?:.*\n)(?:# .*\n)*", text, flags=re.MULTILINE))
    tables = re.sub(r"^# ", "", commented, flags=re.MULTILINE)
    named = "preprinted|ca_file|certificate|barcode|dcc_trust_list|shc_key_set|model|trigger"
    keys = re.sub(rf"^# ({named})", r"\1", text, flags=re.MULTILINE)
    copy = tmp_path / "kiosk.toml"
    copy.write_text(f"{keys}\n{tables}", "utf-8")
    config = read_config(copy)
    assert [type(scanner) for scanner in config.scanner[-2:]] == [HidScannerTable, CameraTable]
    assert [printer.name for printer in config.printer] == ["printer", "备用打印机"]
    assert [code.kind for code in config.code] == ["plain", "pattern", "number", "url", "json", "cwt"]
    assert config.tubes.preprinted_expression == "TB[0-9]{10}"
    assert config.certificates.dcc_trust_list is not None
    assert config.broker is not None
    assert config.broker.certificate is not None


# --- udev


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a rule: key, attribute in braces or empty, operator, value."""

    key: str
    attribute: str
    operator: str
    value: str

    @property
    def matches(self) -> bool:
        return self.operator in {"==", "!="}


TERM = re.compile(r'([A-Z_]+)(?:\{([^}]+)\})?(==|!=|\+=|-=|:=|=)"([^"]*)"')
MATCH_ONLY = {"ACTION", "KERNEL", "SUBSYSTEM", "DEVPATH", "DRIVER", "KERNELS", "SUBSYSTEMS", "DRIVERS", "ATTRS", "TEST"}
ASSIGN_ONLY = {"GROUP", "OWNER", "MODE", "LABEL", "GOTO", "RUN", "IMPORT"}
EITHER = {"ENV", "ATTR", "TAG", "SYMLINK"}
WITH_ATTRIBUTE = {"ENV", "ATTR", "ATTRS", "IMPORT"}


def _rule(line: str) -> list[Term]:
    """The terms of one rule, as udev reads it. Raises ValueError where udev would drop or misread it."""
    terms: list[Term] = []
    at = 0
    while at < len(line):
        found = TERM.match(line, at)
        if found is None:
            raise ValueError(f"no term at {line[at:]!r}")
        terms.append(Term(found[1], found[2] or "", found[3], found[4]))
        at = found.end()
        comma = re.compile(r",\s*(?=\S)").match(line, at)
        if at < len(line) and comma is None:
            raise ValueError(f"no comma before {line[at:]!r}")
        at = comma.end() if comma else at
    for term in terms:
        _check(term)
    if all(term.matches for term in terms) or not any(term.matches for term in terms):
        raise ValueError("a rule needs something to match and something to do")
    return terms


def _check(term: Term) -> None:
    if term.key not in MATCH_ONLY | ASSIGN_ONLY | EITHER:
        raise ValueError(f"udev knows no {term.key}")
    if term.key in MATCH_ONLY and not term.matches:
        raise ValueError(f"{term.key} can only be compared")
    if term.key in ASSIGN_ONLY and term.matches:
        raise ValueError(f"{term.key} can only be set")
    if (term.key in WITH_ATTRIBUTE) != bool(term.attribute):
        raise ValueError(f"{term.key}: braces")
    if term.key == "MODE" and not re.fullmatch(r"0[0-7]{3}", term.value):
        raise ValueError(f"mode {term.value}")


def _rules() -> list[list[Term]]:
    return [_rule(line) for line in _lines("99-kiosk.rules")]


def _names(terms: list[Term]) -> list[str]:
    return [f"/dev/{term.value}" for term in terms if term.key == "SYMLINK" and term.operator == "+="]


@pytest.mark.parametrize(
    "line",
    [
        'SUBSYSTEM="tty", GROUP="dialout"',
        'SUBSYSTEM=="tty" GROUP="dialout"',
        'SUBSYSTEM=="tty", GROUP=="dialout"',
        'SUBSYSTEM=="tty", GROUPS="dialout"',
        'SUBSYSTEM=="tty", GROUP="dialout',
        'SUBSYSTEM=="tty", GROUP="dialout",',
        'SUBSYSTEM=="tty", ENV=="1", GROUP="dialout"',
        'SUBSYSTEM=="tty", MODE="660"',
        'SUBSYSTEM=="tty"',
    ],
)
def test_a_slip_in_a_rule_would_be_seen(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        _rule(line)


def test_rules_are_rules() -> None:
    assert len(_rules()) >= 5


def test_rules_in_comments_are_rules_too() -> None:
    text = (FOLDER / "99-kiosk.rules").read_text(encoding="utf-8")
    spare = [_rule(line[1:]) for line in text.splitlines() if re.match(r"#[A-Z]+==", line)]
    assert [_names(terms) for terms in spare] == [["/dev/kiosk/id-card"]] * 3


@pytest.mark.skipif(shutil.which("udevadm") is None, reason="udevadm is not installed (Debian package udev)")
def test_udev_accepts_the_rules() -> None:
    known = subprocess.run(["udevadm", "verify", "--help"], capture_output=True, timeout=20).returncode == 0
    if not known:
        pytest.skip("this udevadm has no verify (it came with version 254)")
    done = subprocess.run(
        ["udevadm", "verify", "--resolve-names=never", str(FOLDER / "99-kiosk.rules")],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_names_of_the_sample_are_made_by_the_rules(sample: Config) -> None:
    made = {name for terms in _rules() for name in _names(terms)}
    ports = {scanner.port for scanner in sample.scanner if isinstance(scanner, IdCardTable | SerialScannerTable)}
    assert ports <= made
    assert "/dev/kiosk/wedge" in made


def test_a_name_is_tied_to_one_model() -> None:
    for terms in filter(_names, _rules()):
        matched = {term.attribute: term.value for term in terms if term.key == "ENV" and term.matches}
        if own := [each for name in _names(terms) for each in re.findall(r"\$env\{(\w+)\}", name)]:
            # Named after what this very device says of itself, or after its socket.
            assert [key for key in matched if key.startswith(tuple(own))]
            assert set(matched.values()) == {"?*"}
            continue
        assert re.fullmatch(r"[0-9a-f]{4}", matched["ID_VENDOR_ID"])
        assert re.fullmatch(r"[0-9a-f]{4}", matched["ID_MODEL_ID"])


def test_no_device_is_open_to_everybody() -> None:
    modes = {term.value for terms in _rules() for term in terms if term.key == "MODE"}
    assert modes == {"0660"}


def test_every_group_of_the_service_gets_a_device() -> None:
    unit = (FOLDER.parent / "systemd" / "kiosk.service").read_text(encoding="utf-8")
    found = re.search(r"^SupplementaryGroups=(.*)$", unit, re.MULTILINE)
    assert found
    assert {term.value for terms in _rules() for term in terms if term.key == "GROUP"} == set(found[1].split())


# --- boot files


def _outputs(sample: Config) -> set[int]:
    panel = sample.panel
    assert panel is not None
    pins = (panel.ready, panel.accepted, panel.refused, panel.attention, panel.buzzer)
    return {pin for pin in pins if pin is not None}


def test_lamps_and_buzzer_are_off_before_the_kiosk_starts(sample: Config) -> None:
    [line] = [line for line in _lines("config.txt") if line.startswith("gpio=")]
    pins, _, state = line.removeprefix("gpio=").partition("=")
    assert state == "op,dl"
    assert {int(pin) for pin in pins.split(",")} == _outputs(sample)


def test_no_pin_has_two_uses(sample: Config) -> None:
    [line] = [line for line in _lines("config.txt") if line.startswith("dtoverlay=gpio-shutdown")]
    found = re.search(r"gpio_pin=(\d+)", line)
    assert found
    assert sample.panel is not None
    panel = _outputs(sample) | set(sample.panel.buttons.values())
    assert int(found[1]) not in panel | I2C_AND_UART
    assert not panel & I2C_AND_UART


def test_boot_sections_end_open_to_every_board() -> None:
    lines = _lines("config.txt")
    assert [line for line in lines if line.startswith("[")] == ["[all]", "[pi4]", "[pi5]", "[all]"]
    assert lines[-1] == "[all]"


def test_hardware_watchdog_is_within_what_every_kernel_takes() -> None:
    settings = dict(line.split("=") for line in _lines("kiosk-watchdog.conf") if "=" in line)
    assert set(settings) == {"RuntimeWatchdogSec", "RebootWatchdogSec"}
    assert all(0 < int(value.removesuffix("s")) < HARDWARE_LIMIT_S for value in settings.values())


def test_drivers_to_load_are_names_and_none_can_type() -> None:
    modules = _lines("kiosk.modules")
    assert all(re.fullmatch(r"[a-z0-9_]+", module) for module in modules)
    assert {"usblp", "cdc_acm"} <= set(modules)
    assert "uinput" not in modules


# --- users and directories


@_needs("systemd-sysusers")
@needs_root
def test_user_and_groups_are_made(tmp_path: Path) -> None:
    # In a root of its own, and by standard input: a file's name would be looked up in that root.
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", "-"],
        input=(FOLDER / "kiosk.sysusers").read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    users = (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    for user in ("kiosk", "kiosk-screen", "kiosk-browser"):
        assert re.search(rf"^{user}:x:\d+:\d+:[^:]+:/var/lib/{user}:/usr/sbin/nologin$", users, re.MULTILINE)
    groups = (tmp_path / "etc" / "group").read_text(encoding="utf-8")
    assert {line.partition(":")[0] for line in groups.splitlines()} == {
        "gpio",
        "kiosk",
        "kiosk-screen",
        "kiosk-browser",
    }


@_needs("systemd-tmpfiles")
@needs_root
def test_keys_are_closed_to_all_but_root(tmp_path: Path) -> None:
    keys = tmp_path / "etc" / "kiosk" / "keys"
    keys.mkdir(parents=True, mode=0o755)
    (keys / "round-key").write_text("0123456789abcdef")
    (keys / "round-key").chmod(0o644)
    done = subprocess.run(
        ["systemd-tmpfiles", "--create", f"--root={tmp_path}", str(FOLDER / "kiosk.tmpfiles")],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    assert keys.stat().st_mode & 0o777 == 0o700
    assert (keys / "round-key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "opt" / "kiosk").is_dir()


def test_readme_says_of_every_file_where_it_goes() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for file in FOLDER.iterdir():
        assert file.name == "README.md" or f"`{file.name}`" in readme
