"""The shortest file that is good, and what is told of others."""

import tomllib

import pytest

from kiosk.config import ConfigError, typed

GOOD = """
[point]
region = "cn-511781"
round = "2022-05-r1"
point = "wy-0352"
kiosk = "a"
[tubes]
block = "0352"
[[scanner]]
kind = "id-card"
port = "/dev/kiosk/id-card"
[[printer]]
kind = "usb"
"""

CODES = """
[[code]]
kind = "number"
name = "visitor"
digits = 8
[[code]]
kind = "pattern"
name = "health"
pattern = "[A-Za-z0-9_-]{32,256}"
[[code]]
kind = "url"
name = "town"
host = "code.example.org"
field = "token"
[[code]]
kind = "json"
name = "clinic"
field = "data.id"
"""


def told(text: str) -> list[str]:
    """Each mistake of a file, as people read it."""
    with pytest.raises(ConfigError) as caught:
        typed(tomllib.loads(text), "test")
    return [str(mistake) for mistake in caught.value.mistakes]
