"""What goes to the broker: typed values, one topic each, and their JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kiosk.model import Instant
from kiosk.ports import Message, PrinterState
from kiosk.record import Life


@dataclass(frozen=True, slots=True)
class Address:
    """Where this kiosk's topics hang: sampling/v1/<region>/<round>/<point>/<kiosk>."""

    region: str
    round: str
    point: str
    kiosk: str

    def topic(self, leaf: str) -> str:
        return f"sampling/v1/{self.region}/{self.round}/{self.point}/{self.kiosk}/{leaf}"


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
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Stamp):
    """What works and what is missing at the table; each printer's conditions, such as `ready` or `paper-out`."""

    devices: Mapping[str, bool]
    printers: Mapping[str, list[str]]
    unconfirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Stamp):
    """Birth (`online`), the orderly end (`offline`) and the last will (`lost`)."""

    state: Literal["online", "offline", "lost"]


KINDS: Mapping[str, type[Stamp]] = {"status": Status, "counts": Counts, "health": Health}
"""What is said on each topic of a kiosk, by the topic's last level."""


def counts(address: Address, life: Life, at: Instant) -> Message:
    totals = life.totals
    body = Counts(
        **_stamp(life, at),
        point=address.point,
        kiosk=address.kiosk,
        round=address.round,
        samples=totals.samples,
        tubes=totals.tubes,
        labels=totals.labels,
        vouchers=totals.vouchers,
        voided=totals.voided,
        refused={str(reason): n for reason, n in sorted(totals.refused.items())},
    )
    return _message(address, "counts", body)


def health(
    address: Address,
    life: Life,
    at: Instant,
    devices: Mapping[str, bool],
    printers: Mapping[str, PrinterState | None],
    unconfirmed: int,
) -> Message:
    conditions = {name: _conditions(state) for name, state in printers.items()}
    body = Health(**_stamp(life, at), devices=dict(devices), printers=conditions, unconfirmed=unconfirmed)
    return _message(address, "health", body)


def status(address: Address, state: Literal["online", "offline", "lost"], life: Life, at: Instant) -> Message:
    return _message(address, "status", Status(**_stamp(life, at), state=state))


def _stamp(life: Life, at: Instant) -> dict[str, Any]:
    return {
        "epoch": life.epoch,
        "seq": life.seq,
        "boot": at.boot,
        "mono_ms": at.mono_ns // 1_000_000,
        "ts": at.wall_ms if at.trusted else None,
        "clock_trusted": at.trusted,
    }


def _conditions(state: PrinterState | None) -> list[str]:
    if state is None:
        return ["gone"]
    words = [str(fault) for fault in sorted(state.faults)] + (["paper-low"] if state.paper_low else [])
    return words or (["ready"] if state.known else ["unknown"])


def _message(address: Address, leaf: str, body: Stamp) -> Message:
    payload = json.dumps(asdict(body), ensure_ascii=False, separators=(",", ":")).encode()
    return Message(address.topic(leaf), body.seq, payload)
