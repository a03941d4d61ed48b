"""Where a kiosk's messages hang, and what stands on each of them."""

import json
from dataclasses import asdict, fields
from typing import Any, Self

from kiosk.frozen import dataclass
from kiosk.model import Counters, Instant
from kiosk.ports import Message


@dataclass(frozen=True, slots=True)
class Address:
    """Where this kiosk's topics hang: sampling/v1/<region>/<round>/<point>/<kiosk>."""

    region: str
    round: str
    point: str
    kiosk: str

    def topic(self, leaf: str) -> str:
        return f"sampling/v1/{self.place}/{leaf}"

    @property
    def place(self) -> str:
        """What identities are sealed for: nobody's of another table open in its place."""
        return f"{self.region}/{self.round}/{self.point}/{self.kiosk}"

    @property
    def levels(self) -> tuple[str, str, str, str]:
        return self.region, self.round, self.point, self.kiosk

    @classmethod
    def at(cls, place: str) -> Self:
        """The one whose `place` this is."""
        return cls(*place.split("/"))

    @classmethod
    def of(cls, topic: str) -> Self | None:
        """Whose topic this is, one that stands once a kiosk; None if it is no such."""
        found = cls.parted(topic)
        return None if found is None or "/" in found[1] else found[0]

    @classmethod
    def parted(cls, topic: str) -> tuple[Self, str] | None:
        """Whose topic this is, and its leaf; None if it is no kiosk's."""
        match topic.split("/", 6):
            case ["sampling", "v1", region, round_id, point, kiosk, leaf]:
                return cls(region, round_id, point, kiosk), leaf
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """On every message: which life of the journal, which commit of it, and when by which clock."""

    epoch: str
    seq: int
    boot: str
    mono_ms: int
    ts: int | None
    """Milliseconds UTC; null while the clock is not trusted."""
    clock_trusted: bool


def stamp(counters: Counters, at: Instant) -> dict[str, Any]:
    return {
        "epoch": counters.epoch,
        "seq": counters.seq,
        "boot": at.boot,
        "mono_ms": at.mono_ns // 1_000_000,
        "ts": at.wall_ms if at.trusted else None,
        "clock_trusted": at.trusted,
    }


def message(address: Address, leaf: str, body: Stamp) -> Message:
    body_fields = {field.name: getattr(body, field.name) for field in fields(body)}
    payload = json.dumps(body_fields, ensure_ascii=False, separators=(",", ":"), default=asdict).encode()
    return Message(address.topic(leaf), body.seq, payload)
