"""The one error of the journal."""


class JournalError(Exception):
    """The journal cannot be read or written: the kiosk must stop serving."""
