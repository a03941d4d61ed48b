"""A device comes, goes or changes."""

from kiosk.model import Role
from kiosk.session.draft import Draft
from kiosk.session.events import DeviceChanged, PrinterChanged
from kiosk.session.passing import DeviceTold, PrinterTold
from kiosk.session.presence.rules import absence
from kiosk.session.questions.decide import withhold_many


def printer(draft: Draft, event: PrinterChanged) -> None:
    """A printer's state reaches the decisions; what waits for one that can print goes out in a pass."""
    could = draft.state.printer_of(Role.VOUCHER)
    draft.make(PrinterTold(event.printer, event.state, event.held, event.stuck))
    if could is None and draft.state.printer_of(Role.VOUCHER) is not None:
        withhold_many(draft)


def device(draft: Draft, event: DeviceChanged) -> None:
    """Says what is missing, hangs, or another has, and what is back; the first word of one that is there is no news."""
    presence = draft.state.presence
    before = presence.devices.get(event.device)
    sets = (presence.held, presence.stuck, presence.deaf, presence.refusing)
    now = event.held, event.stuck, event.deaf, event.refusing
    if (before, *(event.device in each for each in sets)) == (event.up, *now):
        return
    draft.make(DeviceTold(event.device, event.up, *now))
    if not event.up:
        draft.told.append((None, absence(draft.state.presence, event.device)))
    elif before is False:
        draft.tell("device-back", device=event.device)
