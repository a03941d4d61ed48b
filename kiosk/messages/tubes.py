"""Who is in a tube: one message a tube, made when it is sealed and made again when it changes."""

from base64 import b64encode
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant, Purpose, TubeState
from kiosk.model.records import Member, Record
from kiosk.ports import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A place of the tube."""

    place: int
    voucher: str
    at: int | None
    """Milliseconds UTC; null while the clock was not trusted."""
    beside: int | None
    """The first, second ... without a document beside the one that was sealed; null for its bearer."""
    sealed: str
    """Base64 of the identity, which the authority's key opens (docs/records.md); empty where no key was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube(Stamp):
    """A tube that nobody goes into any more. Of two of one tube the later holds."""

    region: str
    round: str
    point: str
    kiosk: str
    code: str
    state: Annotated[str, Field(json_schema_extra={"enum": [*TubeState]})]
    purpose: Annotated[str, Field(json_schema_extra={"enum": [*Purpose]})]
    capacity: int
    opened: int | None
    members: list[Person]
    first: str | None = None
    """In which life of the journal it was told first; null for what is of no tube any more, or is told later."""
    n: int | None = None
    """Its number among those."""


def tube(address: Address, counters: Counters, at: Instant, record: Record) -> Message:
    held = record.tube
    body = Tube(
        **stamp(counters, at),
        region=address.region,
        round=address.round,
        point=address.point,
        kiosk=address.kiosk,
        code=held.code or "",
        state=str(held.state),
        purpose=str(held.purpose),
        capacity=held.capacity,
        opened=_ms(held.at),
        first=None if record.name is None else record.name.epoch,
        n=None if record.name is None else record.name.n,
        members=list(map(_person, record.members)),
    )
    return message(address, leaf_of(held.code or ""), body)


def leaf_of(code: str) -> str:
    """A supplier may print what no topic, or no file's name, may have: that is written as in an address of the web."""
    return f"tubes/{quote(code, safe='')}"


def is_tubes(topic: str) -> bool:
    """Whether a tube is told of there, whosever it is."""
    found = Address.parted(topic)
    return found is not None and found[1].startswith("tubes/")


def _person(member: Member) -> Person:
    named = {"place": member.place, "voucher": member.voucher, "at": _ms(member.at), "beside": member.beside}
    return Person(**named, sealed=b64encode(member.sealed).decode("ascii"))  # type: ignore[arg-type]


def _ms(at: Instant) -> int | None:
    return at.wall_ms if at.trusted else None
