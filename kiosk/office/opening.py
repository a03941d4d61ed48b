"""Records of tubes, opened: who was in each, one row a person. Pure."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.credentials.sealing import NotOpened, opened


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


COLUMNS = tuple(Row.__dataclass_fields__)


class NotARecord(Exception):  # noqa: N818 - it says what a file is
    """Not a kiosk's message about a tube."""


def rows_of(payloads: Iterable[bytes], private_key: bytes, zone: ZoneInfo) -> Iterator[Row]:
    """Of several records of one tube the last; by point, table and tube. Raises NotARecord."""
    latest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in map(_record, payloads):
        key = (record["region"], record["round"], record["point"], record["kiosk"], record["code"])
        if key not in latest or _age(record) >= _age(latest[key]):
            latest[key] = record
    for key in sorted(latest):
        yield from _rows(latest[key], private_key, zone)


def _record(payload: bytes) -> dict[str, Any]:
    try:
        found = json.loads(payload)
        if not isinstance(found, dict) or not {"code", "members", "region", "round", "point", "kiosk"} <= found.keys():
            raise ValueError
    except ValueError:
        raise NotARecord("not a kiosk's record of a tube") from None
    return found


def _age(record: dict[str, Any]) -> tuple[int, int]:
    return record.get("ts") or 0, record.get("seq") or 0


def _rows(record: dict[str, Any], private_key: bytes, zone: ZoneInfo) -> Iterator[Row]:
    place = "/".join(record[level] for level in ("region", "round", "point", "kiosk"))
    about = {name: str(record[name]) for name in ("round", "point", "kiosk", "state", "purpose")}
    for member in record["members"]:
        seat = {
            "place": str(member["place"]),
            "voucher": str(member["voucher"]),
            "beside": "" if member["beside"] is None else str(member["beside"]),
            "time": _time(member["at"], zone),
        }
        yield Row(tube=str(record["code"]), **about, **seat, **_who(str(member["sealed"]), private_key, place))


def _who(sealed: str, private_key: bytes, place: str) -> dict[str, str]:
    nobody = {"name": "", "kind": "", "number": ""}
    if not sealed:
        return nobody | {"fault": "not sealed: the kiosk had no authority's key"}
    try:
        return asdict(opened(b64decode(sealed, validate=True), private_key, place))
    except (NotOpened, ValueError) as error:
        return nobody | {"fault": str(error) if isinstance(error, NotOpened) else "not base64"}


def _time(ms: int | None, zone: ZoneInfo) -> str:
    return "" if ms is None else f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"
