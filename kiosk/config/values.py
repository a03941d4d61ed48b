"""The kinds of value that tables are made of. Each refuses with ValueError(what is wrong, what to write)."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from kiosk.config.judge import AfterValidator, BaseModel, ConfigDict, Field
from kiosk.credentials.clashes import clash, fits_plain_text, language
from kiosk.credentials.expressions import TooLargeError
from kiosk.credentials.grammar import parsed
from kiosk.credentials.meanings import LONGEST_PLAIN

_BEGINNINGS = {
    "KV1:": "signed vouchers",
    "KO1:": "orders of the centre",
    "KS-": "staff codes",
    "HC1:": "COVID certificates",
    "shc:/": "SMART Health Cards",
    "http://": "URLs",
    "https://": "URLs",
    "{": "objects",
}

_LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9])?"

_OWN_DEVICES = frozenset({"broker", "panel"})
"""What the kiosk itself calls devices of which there is but one."""

TOO_LARGE = "too large to be judged", "Write it with fewer or smaller repetitions"


class TomlTable(BaseModel):
    """One table of the file. A number is no text, and true is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)


def spelled(form: str, words: str) -> Callable[[str], str]:
    """A validator for texts of a form."""

    def checked(text: str) -> str:
        if not re.fullmatch(form, text):
            raise ValueError(f"has the wrong form (it is {text!r})", f"Write {words}")
        return text

    return checked


def _absolute(path: Path) -> Path:
    if not path.is_absolute() or "\0" in str(path):
        raise ValueError(f"not an absolute path (it is {str(path)!r})", "Begin it with /")
    return path


def _node(text: str) -> str:
    if not text.startswith("/") or "\0" in text:
        raise ValueError(f"not the whole path of a device (it is {text!r})", "Write one such as /dev/ttyUSB0")
    return text


def _expression(text: str) -> str:
    try:
        # Python warns of what it may come to read otherwise.
        with warnings.catch_warnings(action="error"):
            re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"not a regular expression ({error})", "Mend the pattern") from error
    parsed(text)
    return text


def free_pattern(text: str) -> str:
    """Raises ValueError where nothing fits it, or another code too."""
    try:
        if not fits_plain_text(text):
            raise ValueError(f"fits no text of 1 to {LONGEST_PLAIN} characters", "Mend the pattern")
        return unclashing(text)
    except TooLargeError as error:
        raise ValueError(*TOO_LARGE) from error


def unclashing(expression: str) -> str:
    """Raises ValueError where a document or a code of the point's own fits it too, or a scan of nothing."""
    found = clash(expression)
    if found is not None:
        raise ValueError(f"{found.what} would fit it too, such as {found.text}", "Make it narrower")
    return expression


def _of_something(expression: str) -> str:
    try:
        judged = language(expression)
    except TooLargeError as error:
        raise ValueError(*TOO_LARGE) from error
    if judged.fits(judged.start):
        raise ValueError("a scan of nothing would fit it too", "Make it narrower")
    return expression


def _free_name(text: str) -> str:
    if text in _OWN_DEVICES:
        raise ValueError(f"{text} is the name of the kiosk's own {text}", "Give the device another name")
    return text


def _free_prefix(text: str) -> str:
    whose = next((whose for other, whose in _BEGINNINGS.items() if _overlap(text, other)), None)
    if whose is not None:
        raise ValueError(f"{whose} begin so, too", "Take another prefix")
    return text


def _overlap(one: str, other: str) -> bool:
    """A URL's scheme may be in capitals."""
    one = one.lower() if other.startswith("http") else one
    return one.startswith(other) or other.startswith(one)


Name = Annotated[str, Field(min_length=1)]
DeviceName = Annotated[Name, AfterValidator(_free_name)]
LEVEL = re.compile(r"[a-z0-9-]{1,40}")
"""A word of a topic."""
Level = Annotated[str, AfterValidator(spelled(LEVEL.pattern, "1 to 40 of a-z, 0-9 and -"))]
Block = Annotated[str, AfterValidator(spelled(r"[0-9]{4}", "the four digits leased to this kiosk alone, in quotes"))]
Host = Annotated[
    str,
    AfterValidator(spelled(rf"{_LABEL}(\.{_LABEL})*", "the host alone, in small letters, such as code.example.org")),
]
DistrictKey = Annotated[
    str, AfterValidator(spelled(r"[0-9a-f]{64}", "the 64 digits that `kiosk roster key` or `kiosk order key` printed"))
]
_KEY = r"[^.$/\[\]\s][^.\[\]]*"
JsonPath = Annotated[str, AfterValidator(spelled(rf"{_KEY}(\.{_KEY})*", "the keys with dots between, such as data.id"))]
Parameter = Annotated[
    str, Field(min_length=1), AfterValidator(spelled(r"[^\s&=#]+", "the parameter's name, such as token"))
]
Prefix = Annotated[
    str,
    AfterValidator(spelled(r"[!-~]{2,16}", "2 to 16 letters, digits or signs without a blank")),
    AfterValidator(_free_prefix),
]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_expression), AfterValidator(_of_something)]
CodePattern = Annotated[Pattern, AfterValidator(free_pattern)]

AbsolutePath = Annotated[Path, Field(strict=False), AfterValidator(_absolute)]
"""A service has no folder of its own that a relative one could begin at."""

Node = Annotated[str, AfterValidator(_node)]
"""A device's path, or a pattern of such paths."""

TcpPort = Annotated[int, Field(ge=1, le=65535)]
Pin = Annotated[int, Field(ge=0, le=27)]
"""A BCM number."""
Baud = Literal[
    1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000
]
"""The speeds that a Linux terminal knows (termios)."""
