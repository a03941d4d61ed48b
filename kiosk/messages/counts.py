"""How many: absolute totals of the round."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant, Refusal
from kiosk.ports import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts(Stamp):
    """Absolute totals of the round: a lost or repeated message does no harm."""

    point: str
    kiosk: str
    round: str
    samples: int
    tubes: int
    labels: int
    vouchers: int
    voided: int
    exempt: int
    """Recorded without a sample."""
    refused: Annotated[Mapping[str, int], Field(json_schema_extra={"propertyNames": {"enum": [*Refusal]}})]
    """By reason."""


def counts(address: Address, counters: Counters, at: Instant) -> Message:
    totals = counters.totals
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
        refused={str(reason): n for reason, n in sorted(totals.refused.items())},
    )
    return message(address, "counts", body)
