"""What may be done at the table: pure decisions, no state of their own."""

from collections.abc import Collection
from dataclasses import dataclass

from kiosk.model import Refusal, Sample, Tube
from kiosk.ports import PrinterFault, PrinterState


@dataclass(frozen=True, slots=True)
class Accept:
    """The person goes into the open tube."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not now: why, and the earlier sample where that is the reason."""

    reason: Refusal
    prior: Sample | None = None


FAULTS = {
    PrinterFault.COVER_OPEN: Refusal.COVER_OPEN,
    PrinterFault.PAPER_OUT: Refusal.PAPER_OUT,
    PrinterFault.CUTTER: Refusal.CUTTER_STUCK,
    PrinterFault.BROKEN: Refusal.PRINTER_BROKEN,
    PrinterFault.HOT: Refusal.PRINTER_HOT,
    PrinterFault.OFFLINE: Refusal.PRINTER_OFFLINE,
}
"""In the order in which a human mends them: a cover that is open hides whether there is paper."""

Decision = Accept | Refuse


def decide(
    prior: Sample | None,
    tube: Tube | None,
    printers: Collection[PrinterState | None],
    *,
    paused: bool,
    without_paper: bool,
) -> Decision:
    """May this person be sampled now? `printers` are those that the slips need; None is one that is gone."""
    if prior is not None:
        return Refuse(Refusal.ALREADY_SAMPLED, prior)
    if paused:
        return Refuse(Refusal.PAUSED)
    fault = None if without_paper else printer_fault(printers)
    if fault is not None:
        return Refuse(fault)
    if tube is None:
        return Refuse(Refusal.NO_TUBE)
    if tube.room <= 0:
        return Refuse(Refusal.TUBE_FULL)
    return Accept()


def printer_fault(printers: Collection[PrinterState | None]) -> Refusal | None:
    """Why no slip can come out now; a printer that cannot report (`known` False) counts as well."""
    for printer in printers:
        if printer is None:
            return Refusal.PRINTER_GONE
        if not printer.ready:
            return next(refusal for fault, refusal in FAULTS.items() if fault in printer.faults)
    return None
