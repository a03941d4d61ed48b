"""The one file that remembers, and the only place that knows SQLite."""

from kiosk.journal.journal import Journal, JournalError

__all__ = ["Journal", "JournalError"]
