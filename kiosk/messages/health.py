"""What works and what is missing at the table."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant, Loss
from kiosk.ports import Message, PrinterFault, PrinterState


@dataclass(frozen=True, slots=True)
class Condition:
    """A table's devices (up or not), printers (None when gone), which of them another holds and which hang, slips
    whose end nobody knows, and its journal."""

    devices: Mapping[str, bool]
    printers: Mapping[str, PrinterState | None]
    held: frozenset[str]
    stuck: frozenset[str]
    unconfirmed: int
    journal: str


CONDITIONS = ("ready", "unknown", "gone", "busy", "stuck", *PrinterFault, "paper-low")
"""What is said of a printer; `unknown` is one that cannot say, `busy` one that another program or computer has,
`stuck` one that hangs in a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Stamp):
    """What works and what is missing at the table; each printer's conditions, such as `ready` or `paper-out`."""

    devices: Mapping[str, bool]
    printers: Mapping[str, list[Annotated[str, Field(json_schema_extra={"enum": [*CONDITIONS]})]]]
    unconfirmed: int
    journal: Annotated[str, Field(json_schema_extra={"enum": ["whole", *Loss]})]
    """What was lost of it in an earlier life, until staff have taken note."""


def health(address: Address, counters: Counters, at: Instant, condition: Condition) -> Message:
    printers = {name: _words(name, state, condition) for name, state in condition.printers.items()}
    body = Health(
        **stamp(counters, at),
        devices=dict(condition.devices),
        printers=printers,
        unconfirmed=condition.unconfirmed,
        journal=condition.journal,
    )
    return message(address, "health", body)


def _words(name: str, state: PrinterState | None, condition: Condition) -> list[str]:
    if state is None:
        return ["stuck" if name in condition.stuck else "busy" if name in condition.held else "gone"]
    words = [str(fault) for fault in sorted(state.faults)] + (["paper-low"] if state.paper_low else [])
    return words or (["ready"] if state.known else ["unknown"])
