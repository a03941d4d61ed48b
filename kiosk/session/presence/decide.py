"""A device comes, goes or changes."""

from kiosk.model import Role
from kiosk.session.draft import Draft
from kiosk.session.events import DeviceChanged, PrinterChanged
from kiosk.session.passing import DeviceTold, PrinterTold
from kiosk.session.questions.decide import withhold_many


def printer(draft: Draft, event: PrinterChanged) -> None:
    """A printer's state reaches the decisions; what waits for one that can print goes out in a pass."""
    could = draft.state.printer_of(Role.VOUCHER)
    draft.make(PrinterTold(event.printer, event.state))
    if could is None and draft.state.printer_of(Role.VOUCHER) is not None:
        withhold_many(draft)


def device(draft: Draft, event: DeviceChanged) -> None:
    """Says what is missing and what is back; the first word of a device that is there is no news."""
    before = draft.state.presence.devices.get(event.device)
    if before == event.up:
        return
    draft.make(DeviceTold(event.device, event.up))
    if not event.up:
        draft.tell("device-gone", device=event.device)
    elif before is not None:
        draft.tell("device-back", device=event.device)
