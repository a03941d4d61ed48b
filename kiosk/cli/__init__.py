"""The command `kiosk`, a room for each kind of work: serving, printers, scanning, vouchers, samples."""

from kiosk.cli.entry import main
from kiosk.cli.statuses import EXIT_CONFIG

__all__ = ["EXIT_CONFIG", "main"]
