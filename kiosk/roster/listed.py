"""What an office's list says of people, row by row."""

from dataclasses import field
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model import Status


class Fault(StrEnum):
    """Why a row is not taken; each has its words in the catalogues."""

    NO_NUMBER = "no-number"
    AS_A_FIGURE = "as-a-figure"
    """The cell holds a number of so many digits that a spreadsheet lost the last ones."""
    IN_POWERS = "in-powers"
    """A text such as 1.10199E+17: the digits are gone."""
    ZEROED = "zeroed"
    """Ends with three zeros, as what a spreadsheet ruined does."""
    NOT_AN_IDENTITY = "not-an-identity"
    """No number of a kind that is known, or its check digit or birth date is wrong."""
    TWO_NUMBERS = "two-numbers"
    """Two columns of numbers: two people stand side by side."""
    PLACE_AS_A_DATE = "place-as-a-date"
    """A spreadsheet took a building, unit or flat such as 5-1 for a day."""
    SHORT = "short"
    """Fewer cells with text than a person needs: a place and no more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives, as people of the house say it; what is not known is empty. `floor` is None then."""

    building: str = ""
    unit: str = ""
    flat: str = ""
    floor: int | None = None
    within: str = ""
    """The estate, as the row or its file says it."""
    estate: str = ""
    """Its name, where several have a building of this name."""

    @property
    def house(self) -> str:
        return f"{self.estate}{self.building}"

    @property
    def stairwell(self) -> str:
        """The name of the unit that is called."""
        return f"{self.house}{self.unit}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the list, in clear; repr shows nobody. `row` is the one that the sheet's program shows."""

    row: int
    identity: str = field(repr=False)
    """In its canonical form, by which the same person is known in every list."""
    number: str = field(repr=False)
    name: str = field(repr=False)
    place: Place
    status: Status


@dataclass(frozen=True, slots=True)
class Household:
    """A flat of whom the list names nobody; `people` is how many live there, if it says so."""

    row: int
    place: Place
    people: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A row that is not taken; `number` and `name` are in clear, repr shows neither."""

    row: int
    why: Fault
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of one sheet below its header; `passed_over` are blank ones, totals and headers said again."""

    listed: tuple[Listed, ...]
    households: tuple[Household, ...]
    failed: tuple[Failed, ...]
    passed_over: int
