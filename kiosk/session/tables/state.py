"""What the other tables are still to be told, and what was heard of them and is not written yet."""

from collections.abc import Mapping
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Elsewhere, Sheet, SheetName
from kiosk.model.tables import key_of


@dataclass(frozen=True, slots=True)
class Tables:
    """`untold` are numbers of sheets in which somebody stands otherwise since they were told, `first` and `last` the
    lowest and highest number of a sample of the round. `heard` is as good as written: a pulled plug leaves the broker
    telling it."""

    untold: tuple[int, ...] = ()
    first: int = 0
    last: int = 0
    heard: Mapping[SheetName, Sheet] = field(default_factory=dict)

    def elsewhere(self, person_key: bytes) -> Elsewhere | None:
        """Of what is not written yet: where the person was sampled."""
        key = key_of(person_key)
        for name, sheet in self.heard.items():
            for told in sheet.people:
                if told.key == key and told.reason is None:
                    return Elsewhere(name.kiosk, told)
        return None
