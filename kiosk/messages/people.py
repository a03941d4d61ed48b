"""Who is registered at a table, for the other tables of its point and for itself should its journal be lost: keyed
hashes, on sheets that each hold a fixed stretch."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, ExemptReason, Instant, Sheet, SheetName, Told
from kiosk.model.tables import EXEMPT, KEY_BYTES, MOST_EXEMPT, PEOPLE
from kiosk.ports import Message

_EPOCH = re.compile(r"[0-9a-f]{32}")
_KIOSK = re.compile(r"[a-z0-9-]{1,40}")
_LONGEST_TUBE, _LONGEST_MARK = 64, 32
_LATEST = 2**45
"""Of milliseconds, and of commits."""
_EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a sheet."""

    key: str
    """The first 16 bytes of the keyed hash, base64url."""
    n: int | None
    """Of the sample, among all of this table; null for whoever is exempt."""
    tube: str | None
    """Its code; null for whoever is exempt, or while it has none."""
    at: int | None
    """Milliseconds UTC; null while the clock was not trusted."""
    reason: Annotated[str, Field(json_schema_extra={"enum": [*ExemptReason]})] | None
    """Why they are exempt; null for whoever was sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People(Stamp):
    """Everybody of that stretch who is registered; whoever was taken back is not on it any more."""

    people: list[Member]
    mark: str = ""
    """Tells round keys apart and nothing of them: by another one nobody is known here."""


def people(
    address: Address, counters: Counters, at: Instant, number: int, told: tuple[Told, ...], mark: str
) -> Message:
    body = People(**stamp(counters, at), people=list(map(_member, told)), mark=mark)
    return message(address, f"people/{counters.epoch}/{_EXEMPT if number == EXEMPT else number}", body)


def corrected(address: Address, counters: Counters, at: Instant, sheet: Sheet) -> Message:
    """What an earlier life of this table's journal said, as this one knows better."""
    then = replace(counters, epoch=sheet.name.epoch, seq=sheet.seq)
    return people(address, then, at, sheet.name.number, sheet.people, sheet.mark)


def told_by_others(address: Address) -> str:
    """The filter of what all tables of the point tell, this one too."""
    return f"sampling/v1/{address.region}/{address.round}/{address.point}/+/people/+/+"


def sheet_in(address: Address, kiosk: str, name: str, payload: bytes) -> Sheet | None:
    """A sheet that came as a file, `people-<epoch>-<n>`, from another kiosk of this point and round."""
    leaf = name.replace("-", "/")
    return sheet_of(replace(address, kiosk=kiosk).topic(leaf), payload, address)


def sheet_of(topic: str, payload: bytes, address: Address) -> Sheet | None:
    """A sheet of a table of this point and round; None for whatever else stands there. Raises nothing."""
    name = _name_of(topic, address)
    if name is None:
        return None
    try:
        body = json.loads(payload)
        match body:
            case {"epoch": name.epoch, "seq": int(seq), "people": list(rows)} if _fits(name, seq, len(rows)):
                told = tuple(_told(row, name.number) for row in rows)
                return Sheet(name, seq, told, _mark(body.get("mark", "")), _time(body.get("ts")))
    except (ValueError, TypeError, KeyError, Error, RecursionError):
        return None
    return None


def _mark(found: object) -> str:
    match found:
        case str() if len(found) <= _LONGEST_MARK:
            return found
        case _:
            raise ValueError("no mark")


def _time(found: object) -> int | None:
    match found:
        case int() | None if _is_number(found):
            return found
        case _:
            raise ValueError("no time")


def _name_of(topic: str, address: Address) -> SheetName | None:
    found = Address.parted(topic)
    if found is None or (found[0].region, found[0].round, found[0].point) != (
        address.region,
        address.round,
        address.point,
    ):
        return None
    match found[1].split("/"):
        case ["people", epoch, number] if _EPOCH.fullmatch(epoch) and _KIOSK.fullmatch(found[0].kiosk):
            if number == _EXEMPT:
                return SheetName(found[0].kiosk, epoch, EXEMPT)
            if re.fullmatch("0|[1-9][0-9]{0,11}", number, re.ASCII):
                return SheetName(found[0].kiosk, epoch, int(number))
    return None


def _fits(name: SheetName, seq: int, people: int) -> bool:
    return 0 <= seq < _LATEST and people <= (MOST_EXEMPT if name.number == EXEMPT else 4 * PEOPLE)


def _told(row: object, number: int) -> Told:
    match row:
        case {
            "key": str(key),
            "n": int() | None as n,
            "tube": str() | None as tube,
            "at": int() | None as at,
            "reason": str() | None as word,
        }:
            reason = None if word is None else ExemptReason(word)
            if not (_is_tube(tube) and _is_number(at) and _is_on(number, n, reason)):
                raise ValueError("no tube, time or number")
            return Told(_key(key), n, tube, at, reason)
        case _:
            raise ValueError("no person")


def _is_tube(tube: str | None) -> bool:
    return tube is None or (0 < len(tube) <= _LONGEST_TUBE and tube.isprintable())


def _is_on(number: int, n: int | None, reason: ExemptReason | None) -> bool:
    """Whether such a one stands on the sheet of that number."""
    if number == EXEMPT:
        return n is None and reason is not None
    return n is not None and n // PEOPLE == number and reason is None


def _is_number(found: int | None) -> bool:
    return found is None or 0 <= found < _LATEST


def _key(text: str) -> bytes:
    key = urlsafe_b64decode(f"{text}==".encode("ascii"))
    if len(key) != KEY_BYTES or _spelled(key) != text:
        raise ValueError("no key")
    return key


def _member(told: Told) -> Member:
    reason = None if told.reason is None else str(told.reason)
    return Member(key=_spelled(told.key), n=told.n, tube=told.tube, at=told.at_ms, reason=reason)


def _spelled(key: bytes) -> str:
    return urlsafe_b64encode(key).decode("ascii").rstrip("=")
