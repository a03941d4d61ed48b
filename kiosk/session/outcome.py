"""What follows from one event."""

from kiosk.frozen import dataclass
from kiosk.model import PrintJob
from kiosk.model.changes import Change
from kiosk.ports import Message
from kiosk.session.notice import Show
from kiosk.session.state import State


@dataclass(frozen=True, slots=True)
class Print:
    """Send these jobs, which the journal holds as SENDING, to their printer in order."""

    printer: str
    jobs: tuple[PrintJob, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`changes` and `messages` are one transaction; only once it is on disk is `after` so, and the rest carried out."""

    after: State
    changes: tuple[Change, ...] = ()
    messages: tuple[Message, ...] = ()
    unkept: tuple[Message, ...] = ()
    """What is said and not written: a start says it again by itself."""
    prints: tuple[Print, ...] = ()
    shows: tuple[Show, ...] = ()

    @property
    def to_write(self) -> bool:
        return bool(self.changes or self.messages)
