"""What the engine is asked to do."""

from dataclasses import dataclass

from kiosk.model import PrintJob
from kiosk.ports import Message, Signal
from kiosk.record import Change, Life


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told: a key of the translation catalogues and its values, masked."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """One transaction. The engine answers Committed before it takes the next event."""

    changes: tuple[Change, ...]
    life: Life
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """Send these jobs, which the journal holds as SENDING, to their printer in order."""

    printer: str
    jobs: tuple[PrintJob, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """Tell people, by lamp, sound and words."""

    signal: Signal
    notice: Notice


Effect = Commit | Print | Show
