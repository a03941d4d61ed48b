"""What goes to the broker: typed values, one topic each, and their JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

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


@dataclass(frozen=True, slots=True)
class Stamp:
    """On every message: which life, which message of it, and when by which clock (`ts` ms UTC, null if untrusted)."""

    epoch: str
    seq: int
    boot: str
    mono_ms: int
    ts: int | None
    clock_trusted: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Absolute totals of this epoch: a lost or repeated message does no harm."""

    point: str
    kiosk: str
    round: str
    samples: int
    tubes: int
    labels: int
    vouchers: int
    voided: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Health:
    """What works and what is missing at the table."""

    devices: Mapping[str, bool]
    printers: Mapping[str, list[str]]
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Status:
    """Birth (`online`), the last will (`lost`) and the orderly end (`offline`)."""

    state: str


def stamp(life: Life, at: Instant) -> Stamp:
    return Stamp(life.epoch, life.seq, at.boot, at.mono_ns // 1_000_000, at.wall_ms if at.trusted else None, at.trusted)


def counts(address: Address, life: Life, at: Instant) -> Message:
    totals = life.totals
    refused = {str(reason): n for reason, n in sorted(totals.refused.items())}
    body = Counts(
        address.point,
        address.kiosk,
        address.round,
        totals.samples,
        totals.tubes,
        totals.labels,
        totals.vouchers,
        totals.voided,
        refused,
    )
    return _message(address, "counts", body, life, at)


def health(
    address: Address,
    life: Life,
    at: Instant,
    devices: Mapping[str, bool],
    printers: Mapping[str, PrinterState | None],
    unconfirmed: int,
) -> Message:
    body = Health(dict(devices), {name: _conditions(state) for name, state in printers.items()}, unconfirmed)
    return _message(address, "health", body, life, at)


def status(address: Address, state: str, life: Life, at: Instant) -> Message:
    return _message(address, "status", Status(state), life, at)


def _conditions(state: PrinterState | None) -> list[str]:
    if state is None:
        return ["gone"]
    words = [str(fault) for fault in sorted(state.faults)] + (["paper-low"] if state.paper_low else [])
    return words or (["ready"] if state.known else ["unknown"])


def _message(address: Address, leaf: str, body: Counts | Health | Status, life: Life, at: Instant) -> Message:
    fields = asdict(stamp(life, at)) | asdict(body)
    payload = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(address.topic(leaf), life.seq, payload)
