"""How many: absolute totals of one life of a table's journal, which add up to those of the round."""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant, Refusal
from kiosk.ports import Message

LEAF = "counts"
LARGEST_BYTES = 4096
LATEST = 2**45
"""Of commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts(Stamp):
    """Absolute totals of the round in one life of the journal: a lost or repeated message does no harm. A table's lives
    add up; none of them counts what another has."""

    point: str
    kiosk: str
    round: str
    samples: int
    tubes: int
    labels: int
    vouchers: int
    voided: int
    exempt: int
    """Recorded without a sample; less than none where this life took back what an earlier one had recorded."""
    refused: Annotated[Mapping[str, int], Field(json_schema_extra={"propertyNames": {"enum": [*Refusal]}})]
    """By reason."""
    records: int = 0
    """Tubes of which there is a record: those with `first` this epoch and `n` from 1 to so many. Of an older release
    none is numbered."""


def every_life(address: Address) -> str:
    """The filter of what stands of this table, of each life of its journal."""
    return address.topic(f"{LEAF}/+")


def is_counts(topic: str) -> bool:
    """Whether that is said there, whosever it is."""
    found = Address.parted(topic)
    return found is not None and found[1].startswith(f"{LEAF}/")


def life_of(topic: str, round_id: str) -> str | None:
    """Which life of the journal is said there, if it is of that round."""
    found = Address.parted(topic)
    if found is None or found[0].round != round_id or not found[1].startswith(f"{LEAF}/"):
        return None
    return found[1].removeprefix(f"{LEAF}/")


def standing(topic: str, payload: bytes) -> Message | None:
    """What a life of a table's journal has said, as it came; None for whatever else stands there. Raises nothing."""
    if len(payload) > LARGEST_BYTES:
        return None
    try:
        match json.loads(payload):
            case {"epoch": str(epoch), "seq": int(seq)} if topic.endswith(f"/{LEAF}/{epoch}") and 0 <= seq < LATEST:
                return Message(topic, seq, payload)
    except (ValueError, RecursionError):
        return None
    return None


def counts(address: Address, counters: Counters, at: Instant) -> Message:
    totals = counters.totals.since(counters.begun)
    body = Counts(
        **stamp(counters, at),
        point=address.point,
        kiosk=address.kiosk,
        round=address.round,
        samples=totals.samples,
        tubes=totals.tubes,
        labels=totals.labels,
        vouchers=totals.vouchers,
        voided=totals.voided,
        exempt=totals.exempt,
        records=totals.records,
        refused={str(reason): n for reason, n in sorted(totals.refused.items())},
    )
    return message(address, f"{LEAF}/{counters.epoch}", body)
