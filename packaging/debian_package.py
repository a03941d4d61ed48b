"""What the Debian package is: its fields, and where each file of ours goes. Pure; `build_deb` makes the bytes."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.frozen import dataclass

ROOT = Path(__file__).resolve().parents[1]
VENV = "usr/lib/kiosk"
_UNITS = "usr/lib/systemd/system"


@dataclass(frozen=True, slots=True)
class Suite:
    """A release of Debian: the Python for which its wheels are, and what two packages are called there."""

    name: str
    release: int
    python: str
    glibc: int
    zbar: str

    @property
    def next_python(self) -> str:
        major, minor = self.python.split(".")
        return f"{major}.{int(minor) + 1}"

    @property
    def site(self) -> str:
        return f"{VENV}/lib/python{self.python}/site-packages"


SUITES: Mapping[str, Suite] = {
    "bookworm": Suite("bookworm", 12, "3.11", 36, "libzbar0"),
    "trixie": Suite("trixie", 13, "3.13", 41, "libzbar0t64"),
}
MACHINES: Mapping[str, str] = {"arm64": "aarch64", "amd64": "x86_64"}

# In the tree -> in the package. The units of systemd/ are for it as for the other place.
PLACES: Mapping[str, str] = {
    "systemd/kiosk.service": f"{_UNITS}/kiosk.service",
    "systemd/kiosk-screen.service": f"{_UNITS}/kiosk-screen.service",
    "systemd/kiosk-browser.service": f"{_UNITS}/kiosk-browser.service",
    "packaging/debian/kiosk-unprovisioned.service": f"{_UNITS}/kiosk-unprovisioned.service",
    "packaging/debian/kiosk-restart.service": f"{_UNITS}/kiosk-restart.service",
    "packaging/debian/no-getty.conf": f"{_UNITS}/getty@tty1.service.d/kiosk.conf",
    "packaging/debian/provisioned.conf": f"{_UNITS}/kiosk.service.d/provisioned.conf",
    "packaging/debian/screen-provisioned.conf": f"{_UNITS}/kiosk-screen.service.d/provisioned.conf",
    "packaging/debian/journald.conf": "usr/lib/systemd/journald.conf.d/kiosk.conf",
    "packaging/debian/restart-when-quiet": "usr/lib/kiosk/restart-when-quiet",
    "packaging/debian/unprovisioned.txt": "usr/share/kiosk/unprovisioned.txt",
    "packaging/debian/lintian-overrides": "usr/share/lintian/overrides/kiosk",
    "packaging/debian/copyright": "usr/share/doc/kiosk/copyright",
    "firmware_config/kiosk-watchdog.conf": "usr/lib/systemd/system.conf.d/kiosk-watchdog.conf",
    "firmware_config/kiosk.sysusers": "usr/lib/sysusers.d/kiosk.conf",
    "firmware_config/kiosk.tmpfiles": "usr/lib/tmpfiles.d/kiosk.conf",
    "firmware_config/kiosk.modules": "usr/lib/modules-load.d/kiosk.conf",
    "firmware_config/99-kiosk.rules": "usr/lib/udev/rules.d/99-kiosk.rules",
    "firmware_config/screen-browser": "usr/lib/kiosk/screen-browser",
    "firmware_config/kiosk.toml": "usr/share/kiosk/kiosk.toml",
    "firmware_config/config.txt": "usr/share/kiosk/config.txt",
    "firmware_config/README.md": "usr/share/kiosk/README.md",
    "firmware_config/broker": "usr/share/kiosk/broker",
}
PROGRAMS = frozenset({"usr/lib/kiosk/restart-when-quiet", "usr/lib/kiosk/screen-browser", "usr/lib/kiosk/kiosk"})
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")

_MOVED = (
    ("d /opt/kiosk 0755 root root -\n", ""),
    ("/opt/kiosk/venv/bin/kiosk", "/usr/bin/kiosk"),
    ("/opt/kiosk/src/firmware_config/README.md", "/usr/share/kiosk/README.md"),
    ("/opt/kiosk/src/firmware_config/", "/usr/lib/kiosk/"),
    ("/etc/udev/rules.d/99-kiosk.rules", "/usr/lib/udev/rules.d/99-kiosk.rules"),
)
_NAMED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==", re.MULTILINE)


def as_packaged(text: str) -> str:
    """A file of the tree with the package's own paths."""
    for before, after in _MOVED:
        text = text.replace(before, after)
    return text


def of_pip(lock: str) -> str:
    """The lock without evdev, which is Debian's on every machine: the rest has wheels, each with its hashes."""
    return "".join(entry for entry in _entries(lock) if not entry.startswith("evdev"))


def _entries(lock: str) -> Iterator[str]:
    starts = [found.start() for found in _NAMED.finditer(lock)]
    for start, end in zip(starts, [*starts[1:], len(lock)], strict=True):
        yield lock[start:end]


def release() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def version(suite: Suite, revision: int) -> str:
    """Grows with each commit and with Debian's release, so that each is an upgrade of the one before."""
    return f"{release()}+{revision}+deb{suite.release}"


def schema() -> int:
    """The journal's schema that this release writes."""
    return len(list((ROOT / "kiosk" / "journal" / "migrations").glob("*.sql")))


def control(suite: Suite, architecture: str, full_version: str, installed_kib: int) -> str:
    """The fields of the package. decisions: Debian package"""
    needs = (
        f"python3 (>= {suite.python}), python3 (<< {suite.next_python}), python3-evdev, python3-numpy, {suite.zbar}, "
        f"libc6 (>= 2.{suite.glibc}), libstdc++6, libgcc-s1, zlib1g, "
        "systemd, udev, kmod, openssl, tzdata"
    )
    return f"""\
Package: kiosk
Version: {full_version}
Architecture: {architecture}
Maintainer: Sampling kiosk project <kiosk@example.org>
Installed-Size: {installed_kib}
Section: misc
Priority: optional
Depends: {needs}
Recommends: python3-lgpio, fonts-hanazono, systemd-timesyncd | time-daemon
Suggests: python3-picamera2, cage, chromium | cog, fonts-noto-cjk, mosquitto
Conflicts: brltty (<< 6.5), cups-daemon, ipp-usb, watchdog
Description: registers residents at one table of a mass-sampling point
 Reads an ID card or a code, prints the tube's label and the resident's
 voucher, and counts, with or without a network.
 .
 Its Python packages are inside, as locked with their hashes; Python, evdev
 and numpy are Debian's. It serves once it is provisioned.
"""
