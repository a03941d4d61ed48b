"""What outlives a pulled plug; the only house that knows SQLite. decisions: The journal."""

from kiosk.journal.begun import Begun
from kiosk.journal.disk import bring, overwrite, replace_whole
from kiosk.journal.error import JournalDamaged, JournalError, JournalUnwilling
from kiosk.journal.exporting import not_acknowledged
from kiosk.journal.journal import Journal
from kiosk.journal.members import who_is_in
from kiosk.journal.purging import Purged, found_again, is_due, purge
from kiosk.journal.roster_beside import UnitsNow, units_now
from kiosk.journal.withdrawn import Withdrawn, withdrawn

__all__ = [
    "Begun",
    "Journal",
    "JournalDamaged",
    "JournalError",
    "JournalUnwilling",
    "Purged",
    "UnitsNow",
    "Withdrawn",
    "bring",
    "found_again",
    "is_due",
    "not_acknowledged",
    "overwrite",
    "purge",
    "replace_whole",
    "units_now",
    "who_is_in",
    "withdrawn",
]
