"""The tubes in hand, the last person, and what was held up lately."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model import Refusal, Sample, Tube


@dataclass(frozen=True, slots=True)
class Sampling:
    """What the journal holds of the tubes that are not closed and of who may be taken back."""

    open: Tube | None = None
    ready: Tube | None = None
    single: Tube | None = None
    """For the next person alone."""
    last: Sample | None = None
    last_tube: Tube | None = None
    """The tube that `last` went into, as it is now."""


class Age(StrEnum):
    YOUNG = "young"
    OLD = "old"
    """The limit is near."""
    TOO_OLD = "too-old"


@dataclass(frozen=True, slots=True)
class Seen:
    """The last time a code was held up: when that was decided, what came of it, None if it was accepted, and when it
    was read."""

    mono_ns: int
    refused: Refusal | None
    read_ns: int


@dataclass(frozen=True, slots=True)
class Believed:
    """Whom a genuine voucher of another table named, and until when their card is awaited."""

    subject: str
    until_ns: int


@dataclass(frozen=True, slots=True)
class Scans:
    """What was held up lately, by person key or fingerprint, the sample whose voucher may be printed again, and who was
    sent away and is not written yet."""

    seen: Mapping[bytes, Seen] = field(default_factory=dict)
    reprintable: Sample | None = None
    sent_away: Mapping[Refusal, int] = field(default_factory=dict)
    age: Age = Age.YOUNG
    """Of the tube in use, when it was last looked at."""
    believed: Believed | None = None
