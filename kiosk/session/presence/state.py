"""What is there."""

from collections.abc import Mapping
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.ports import PrinterState


@dataclass(frozen=True, slots=True)
class Presence:
    """By device name; a printer that is None is gone, one that is missing has not been heard of yet."""

    printers: Mapping[str, PrinterState | None] = field(default_factory=dict)
    devices: Mapping[str, bool] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    """Of both: what is not ours because another program or computer has it."""
    stuck: frozenset[str] = frozenset()
    """Of both: what hangs in a call."""
    deaf: frozenset[str] = frozenset()
    """A broker from which nothing of other tables comes."""
    refusing: frozenset[str] = frozenset()
    """A broker that does not take all that it is told."""
    disk_full: bool = False

    def can_print(self, printer: str) -> bool:
        state = self.printers.get(printer)
        return state is not None and state.ready
