"""Slips that a command prints while the kiosk is stopped."""

from collections.abc import Sequence

from kiosk.app.fitting import printer_of
from kiosk.config import PrinterTable
from kiosk.ports import Document, PrintOutcome

SETTLES_S = 3.0


def printed(table: PrinterTable, index: int, slips: Sequence[Document]) -> list[PrintOutcome | None]:
    """What became of each slip, None for those that were not begun after one went wrong. Raises DeviceBusy, DeviceGone,
    DeviceSilent if there is no printer to begin with, ConfigError for one that cannot be fitted."""
    printer = printer_of(table, index)
    outcomes: list[PrintOutcome | None] = []
    try:
        state = printer.open(False)
        if not (state.known and state.ready):
            state = printer.status(SETTLES_S)
        while len(outcomes) < len(slips) and state.ready:
            report = printer.print([slips[len(outcomes)]], lambda _: None)
            outcomes += report.outcomes
            if report.outcomes == (PrintOutcome.UNCONFIRMED,):
                break
            state = printer.status(0)
    finally:
        printer.close()
    return [*outcomes, *[None] * (len(slips) - len(outcomes))]
