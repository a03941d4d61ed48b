"""What passes between the kiosk and the process that serves its pages: a line of JSON each.

To the pages: `{"kind": "resident" | "staff" | "beat", "view": ...}`, each the whole of what is to be seen. From them:
`{"act": ..., "about": ..., "device": ...}`, what somebody pressed.
"""

import json
from dataclasses import asdict
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model import StaffAction
from kiosk.screen.resident import ResidentView
from kiosk.screen.staff import StaffView

LONGEST_ACT = 512
"""Bytes of a line from a page."""
LONGEST_NAME = 40
HERE = "screen"
"""What whoever stands at the table's own screen is called."""


class Kind(StrEnum):
    RESIDENT = "resident"
    STAFF = "staff"
    BEAT = "beat"
    """The kiosk's deciding thread is alive."""


class NotALine(Exception):  # noqa: N818 - the field's word, as NotAVoucher is
    """Nothing that a page of ours says."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """An act that was asked for on a page; `about` is what the page said that it is about, `device` what the point
    calls whoever showed the page."""

    act: StaffAction
    about: str
    device: str


def told(kind: Kind, view: ResidentView | StaffView | None = None) -> bytes:
    """One line, with its end."""
    body = {"kind": kind, "view": None if view is None else asdict(view)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def heard(line: bytes) -> Pressed:
    """Raises NotALine."""
    try:
        found = json.loads(line)
        act, about, device = (found[name] for name in ("act", "about", "device"))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotALine("no act of a page") from error
    if not all(isinstance(text, str) and len(text) <= LONGEST_NAME and is_text(text) for text in (act, about, device)):
        raise NotALine("no act of a page")
    if act not in StaffAction.__members__.values():
        raise NotALine("no act that there is")
    return Pressed(StaffAction(act), about, device)


def is_text(text: str) -> bool:
    """Half a character, as JSON can name one, can neither be written nor hashed."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def pressed(act: Pressed) -> bytes:
    """One line, with its end."""
    return json.dumps({"act": act.act, "about": act.about, "device": act.device}).encode() + b"\n"
