"""What the other tables are still to be told, and what was heard of them and is not written yet."""

from collections.abc import Mapping
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Elsewhere, Sheet, SheetName, Told
from kiosk.model.tables import key_of


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether a table's round key is another, as of when it spoke; 0 while its clock was not trusted."""

    at_ms: int
    differs: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """`untold` are numbers of sheets in which somebody stands otherwise since they were told, `first` and `last` the
    lowest and highest number of a sample of the round. `heard` is as good as written: a pulled plug leaves the broker
    telling it."""

    untold: tuple[int, ...] = ()
    first: int = 0
    last: int = 0
    heard: Mapping[SheetName, Sheet] = field(default_factory=dict)

    compared: Mapping[str, Compared] = field(default_factory=dict)
    """By table, its round key and this one's."""

    sampled: Mapping[SheetName, Mapping[bytes, Told]] = field(default_factory=dict)
    """Of what was heard, by the keys of those who were sampled: each person who comes is looked for."""

    @property
    def waiting(self) -> int:
        """People on what is not written yet."""
        return sum(len(sheet.people) for sheet in self.heard.values())

    @property
    def strangers(self) -> list[str]:
        """Tables whose people are known by another round key: none of them would ever be found here."""
        return sorted(kiosk for kiosk, word in self.compared.items() if word.differs)

    def elsewhere(self, person_key: bytes) -> Elsewhere | None:
        """Of what is not written yet: where the person was sampled."""
        key = key_of(person_key)
        found = ((name, people[key]) for name, people in self.sampled.items() if key in people)
        return next((Elsewhere(name.kiosk, told) for name, told in found), None)
