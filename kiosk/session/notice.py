"""What people are told."""

from kiosk.frozen import dataclass
from kiosk.ports import Signal


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told: a key of the translation catalogues and its values, masked."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Show:
    """Tell people, by lamp, sound and words."""

    signal: Signal
    notice: Notice
