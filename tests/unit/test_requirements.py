"""The lock in requirements/: all has hashes, fits what pyproject.toml asks, and names no place that it came from."""

import re
import runpy
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "requirements"
LICENCES = runpy.run_path(str(FOLDER / "licences.py"))
LOCKS = sorted(path.stem for path in FOLDER.glob("*.txt"))
OF_DEBIAN = {"numpy", "evdev"}
"""What a device has from its system."""


def _entries(lock: str) -> list[Requirement]:
    """What the lock pins; a release that only some Pythons get is an entry of its own."""
    text = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    return [Requirement(line.removesuffix("\\")) for line in text.splitlines() if re.match(r"\w", line)]


def _names(lock: str) -> set[str]:
    return {entry.name for entry in _entries(lock)}


def _asked() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks of each lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    device = project["project"]["dependencies"]
    demo = device + project["project"]["optional-dependencies"]["demo"]
    groups = project["dependency-groups"]
    asked = {"device": device, "demo": demo, "dev": demo + groups.pop("dev"), **groups}
    return {lock: [Requirement(line) for line in lines] for lock, lines in asked.items()}


def test_every_set_has_its_lock() -> None:
    assert sorted(_asked()) == LOCKS


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_has_its_hashes(lock: str) -> None:
    text = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    for pin, after in pairwise(text.splitlines()):
        if re.match(r"\w", pin):
            assert pin.endswith(" \\")
            assert re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?", after)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_where_its_packages_lay(lock: str) -> None:
    text = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|://|--(?:extra-)?index|--find-links|(?<!\w)/\w", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_fits_what_is_asked(lock: str) -> None:
    pins = _entries(lock)
    for asked in _asked()[lock]:
        if lock == "device" and asked.name in OF_DEBIAN:
            continue
        versions = [next(iter(pin.specifier)).version for pin in pins if pin.name == canonicalize_name(asked.name)]
        assert versions, f"{asked.name} is not in the lock: make lock"
        assert all(asked.specifier.contains(version) for version in versions), asked


@pytest.mark.parametrize("lock", ["camera", "demo", "device"])
def test_what_is_shipped_was_tried(lock: str) -> None:
    tried = {(pin.name, str(pin.specifier)) for pin in _entries("dev")}
    # Only picamera2 and what it needs is met nowhere but in the camera's root.
    alone = {pin.name for pin in _asked()["camera"]} - _names("dev")
    assert {(pin.name, str(pin.specifier)) for pin in _entries(lock) if pin.name not in alone} <= tried


def test_a_device_takes_numpy_and_evdev_from_its_system() -> None:
    assert _names("demo") - _names("device") >= OF_DEBIAN
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"python3-{name}" in readme for name in OF_DEBIAN)


def test_the_licences_listed_are_those_of_the_lock() -> None:
    assert set(LICENCES["locked"]()) == _names("device")
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == LICENCES["page"](), "make licences"


def test_the_licences_of_debians_packages_are_listed_too() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    installed = {
        word for line in re.findall(r"apt-get install -y (.*)", readme) for word in line.partition("#")[0].split()
    }
    tools = {"git", "openssl", "python3-venv", "--no-install-recommends"}
    assert installed - tools <= set(LICENCES["OF_DEBIAN"])
