"""What can be wrong with the journal."""

from kiosk.model import Refusal


class JournalError(Exception):
    """The journal cannot be read or written: the kiosk must stop serving."""


class JournalDamaged(JournalError):
    """What stands in the file is not what was written."""


class JournalUnwilling(JournalError):
    """Not now: the disk is full, or another process holds the file. Nothing was written, and later it may be."""

    def __init__(self, text: str, refusal: Refusal) -> None:
        super().__init__(text)
        self.refusal = refusal
