"""The command `kiosk`, a room for each kind of work: serving, printers, scanning, vouchers, samples."""

import sys
from collections.abc import Sequence

from kiosk.cli import dark
from kiosk.cli.statuses import EXIT_CONFIG

__all__ = ["EXIT_CONFIG", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["dark"]:
        # It stands between a kill and the next start: nothing else is loaded for it.
        return dark.main(given[1:])
    from kiosk.cli import entry

    return entry.main(arguments)
