"""The only writer of what is there."""

from dataclasses import replace

from kiosk.session.passing import DeviceTold, DiskTold, Passing, PrinterTold
from kiosk.session.presence.state import Presence


def fold(presence: Presence, change: Passing) -> Presence:
    match change:
        case PrinterTold(printer, state):
            return replace(presence, printers={**presence.printers, printer: state})
        case DeviceTold(device, up):
            return replace(presence, devices={**presence.devices, device: up})
        case DiskTold(full):
            return replace(presence, disk_full=full)
        case _:
            return presence
