"""What all slips of a table share: its name, its words, its paper, and how their parts look."""

from collections.abc import Callable
from typing import Literal
from zoneinfo import ZoneInfo

from kiosk.frozen import dataclass
from kiosk.model import Handover, Instant, Pool, Purpose, Sample
from kiosk.model.local_time import local_time
from kiosk.ports import COLUMNS, Align, Element, Rule, Space, Text, columns
from kiosk.texts import Texts

NAMES = 8
"""Columns that the name of a field takes; what stands in it goes on under itself."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every slip of this table says, on paper of this width."""

    point: str
    zone: ZoneInfo
    texts: Texts
    sign: Callable[[Sample], str]
    """A sample to the text of its voucher's QR code."""
    sign_manifest: Callable[[Handover], str]
    """What passed to the driver to the text of its manifest's QR code."""
    paper_mm: Literal[58, 80] = 58
    own_columns: int | None = None
    """Where the paper's width alone does not tell."""
    transport_min: int = 240
    """So old a tube may be when it is handed over."""
    asked_of_driver: tuple[str, ...] = ()
    """What is filled in by hand on a manifest."""

    @property
    def columns(self) -> int:
        return self.own_columns or COLUMNS[self.paper_mm]

    def say(self, key: str, **values: object) -> str:
        return self.texts.say(f"paper.{key}", **values)

    def time(self, at: Instant) -> str:
        """Date and minute; with a question mark where no clock vouches for them."""
        return local_time(self.zone, at)

    def clock(self, at: Instant) -> str:
        """Only the minute."""
        return self.time(at)[11:]

    def pool(self, pool: Pool) -> str:
        return pool_in_words(pool, self.texts)

    def title(self, key: str) -> tuple[Element, ...]:
        words = Text(self.say(f"title.{key}"), width=2, height=2, bold=True, align=Align.CENTRE)
        return (words, Space(6), Rule(), Space(8))

    def field(self, key: str, value: str) -> Text:
        """A named value; a long one goes on under itself."""
        name = self.say(f"field.{key}")
        return Text(name + " " * max(1, NAMES - columns(name)) + value, indent=NAMES)

    def signature(self, key: str) -> tuple[Element, ...]:
        """A line to be signed by hand, with room for a pen."""
        name = self.say(f"sign.{key}")
        return (Space(40), Text(name + "_" * (self.columns - columns(name))))


def pool_in_words(pool: Pool, texts: Texts) -> str:
    """How many go into a tube, as people call it."""
    if pool.purpose is Purpose.HOUSEHOLD:
        return texts.say("paper.household")
    return texts.say("paper.single") if pool.capacity == 1 else texts.say("paper.pool", capacity=pool.capacity)


def grouped(code: str) -> str:
    """A tube code or voucher number as people read it aloud: block, serial, check digits."""
    head = code[:5] if code[:1].isalpha() else code[:4]
    return f"{head} {code[len(head) : -2]} {code[-2:]}"
