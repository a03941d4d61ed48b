"""Writes to standard output what the packages of a device say of their licences; `make licences` keeps it in docs/."""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

HEAD = """# Licences

Ours is Apache 2.0 ([LICENSE](../LICENSE)). Below is what a device runs on beside it: each package of
[requirements/device.txt](../requirements/device.txt) by its own word, and what comes from Debian.
`make licences` writes this page.
"""
OF_DEBIAN = {
    "python3": "PSF-2.0",
    "python3-evdev": "BSD-3-Clause",
    "python3-numpy": "BSD-3-Clause",
    "libzbar0": "LGPL-2.1-or-later",
    "fonts-hanazono": "Hanazono Font License or OFL-1.1",
    "python3-picamera2": "BSD-2-Clause, with a camera only",
    "python3-libcamera": "LGPL-2.1-or-later, with a camera only",
}


def locked() -> list[str]:
    """The names in a device's lock."""
    lines = Path(__file__).with_name("device.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition("==")[0] for line in lines if re.match(r"\w", line)]


def licence(package: str) -> str:
    """By the package's metadata; of evdev's two builds the one that this machine has."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        said = metadata(package.removesuffix("-binary"))
    return said["License-Expression"] if "License-Expression" in said else said["License"]


def page() -> str:
    """The page in Markdown."""
    packages = {name: licence(name) for name in locked()}
    tables = {"Python package": packages, "Debian package": OF_DEBIAN}
    return HEAD + "".join(_table(title, rows) for title, rows in tables.items())


def _table(title: str, rows: dict[str, str]) -> str:
    lines = [f"| {name} | {says} |\n" for name, says in rows.items()]
    return f"\n| {title} | licence |\n| --- | --- |\n" + "".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
