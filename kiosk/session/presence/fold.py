"""The only writer of what is there."""

from dataclasses import replace

from kiosk.session.passing import DeviceTold, DiskTold, Passing, PrinterTold
from kiosk.session.presence.state import Presence


def fold(presence: Presence, change: Passing) -> Presence:
    match change:
        case PrinterTold(printer, state, held):
            printers = {**presence.printers, printer: state}
            return replace(presence, printers=printers, held=_held(presence, printer, held))
        case DeviceTold(device, up, held):
            return replace(presence, devices={**presence.devices, device: up}, held=_held(presence, device, held))
        case DiskTold(full):
            return replace(presence, disk_full=full)
        case _:
            return presence


def _held(presence: Presence, name: str, held: bool) -> frozenset[str]:
    return presence.held | {name} if held else presence.held - {name}
