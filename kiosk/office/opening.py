"""Records of tubes, opened: who was in each, one row a person. Pure."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from kiosk.credentials.sealing import NotOpened, opened
from kiosk.messages import Address
from kiosk.messages.tubes import Tube
from kiosk.model.local_time import moment


@dataclass(frozen=True, slots=True)
class Row:
    """What a laboratory wants to know of one person in one tube; all texts, as spreadsheets ruin long numbers."""

    round: str
    point: str
    kiosk: str
    tube: str
    state: str
    purpose: str
    place: str
    name: str
    kind: str
    number: str
    beside: str
    voucher: str
    time: str
    fault: str = ""
    """Why it could not be opened; then name, kind and number are empty."""


_RECORD = TypeAdapter(Tube)

COLUMNS = tuple(Row.__dataclass_fields__)


class NotARecord(Exception):  # noqa: N818 - it says what a file is
    """Not a kiosk's message about a tube."""


def record_of(payload: bytes) -> Tube:
    """A message of the topic tubes/<code>. Raises NotARecord."""
    try:
        return _RECORD.validate_json(payload)
    except ValidationError:
        raise NotARecord("not a kiosk's record of a tube") from None


def rows_of(records: Iterable[Tube], private_key: bytes, zone: ZoneInfo) -> Iterator[Row]:
    """Of several records of one tube the last; by point, table and tube."""
    latest: dict[tuple[str, ...], Tube] = {}
    for record in records:
        key: tuple[str, ...] = (record.region, record.round, record.point, record.kiosk, record.code)
        if key not in latest or _is_later(record, latest[key]):
            latest[key] = record
    for key in sorted(latest):
        yield from _rows(latest[key], private_key, zone)


def _is_later(record: Tube, other: Tube) -> bool:
    """Clocks go back; the commits of one journal do not."""
    if record.epoch == other.epoch:
        return record.seq >= other.seq
    return (record.ts or 0) >= (other.ts or 0)


def _rows(record: Tube, private_key: bytes, zone: ZoneInfo) -> Iterator[Row]:
    place = Address(record.region, record.round, record.point, record.kiosk).place
    for member in record.members:
        yield Row(
            round=record.round,
            point=record.point,
            kiosk=record.kiosk,
            tube=record.code,
            state=record.state,
            purpose=record.purpose,
            place=str(member.place),
            beside="" if member.beside is None else str(member.beside),
            voucher=member.voucher,
            time=_time(member.at, zone),
            **_who(member.sealed, private_key, place),
        )


def _who(sealed: str, private_key: bytes, place: str) -> dict[str, str]:
    nobody = {"name": "", "kind": "", "number": ""}
    if not sealed:
        return nobody | {"fault": "not sealed: the kiosk had no authority's key"}
    try:
        return asdict(opened(b64decode(sealed, validate=True), private_key, place))
    except (NotOpened, ValueError) as error:
        return nobody | {"fault": str(error) if isinstance(error, NotOpened) else "not base64"}


def _time(ms: int | None, zone: ZoneInfo) -> str:
    """Empty where it is not known, or none that a clock can show: whoever it was is told all the same."""
    try:
        return "" if ms is None else f"{moment(zone, ms / 1000):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return ""
