"""The only writer of what is there."""

from dataclasses import replace

from kiosk.session.passing import DeviceTold, DiskTold, Passing, PrinterTold
from kiosk.session.presence.state import Presence


def fold(presence: Presence, change: Passing) -> Presence:
    match change:
        case PrinterTold(printer, state, held, stuck):
            told = replace(presence, printers={**presence.printers, printer: state})
            return _why(told, printer, held, stuck)
        case DeviceTold(device, up, held, stuck, deaf, refusing):
            told = replace(
                presence,
                devices={**presence.devices, device: up},
                deaf=_with(presence.deaf, device, deaf),
                refusing=_with(presence.refusing, device, refusing),
            )
            return _why(told, device, held, stuck)
        case DiskTold(full):
            return replace(presence, disk_full=full)
        case _:
            return presence


def _why(presence: Presence, name: str, held: bool, stuck: bool) -> Presence:
    return replace(presence, held=_with(presence.held, name, held), stuck=_with(presence.stuck, name, stuck))


def _with(names: frozenset[str], name: str, member: bool) -> frozenset[str]:
    return names | {name} if member else names - {name}
