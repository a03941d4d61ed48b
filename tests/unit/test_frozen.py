"""Our frozen dataclasses are the standard library's in all that anybody sees."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from kiosk.frozen import compiled_when_used, dataclass


@dataclass(frozen=True, slots=True)
class Ours:
    """A value."""

    number: int
    name: str = field(default="nobody", repr=False)
    marks: list[int] = field(default_factory=list)
    noted: int = field(default=0, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """A value."""

    number: int
    name: str = field(default="nobody", repr=False)
    marks: list[int] = field(default_factory=list)
    noted: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int
    second: int = 2


@dataclass(frozen=True, slots=True)
class Nothing:
    """Without fields."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """Fills in a field of its own."""

    number: int
    twice: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.number)


def test_it_is_shown_compared_and_hashed_as_the_standard_librarys():
    assert repr(Ours(1, "Li")) == "Ours(number=1, marks=[], noted=0)"
    assert repr(Ours(1, "Li")).replace("Ours", "Theirs") == repr(Theirs(1, "Li"))
    assert Ours(1, noted=1) == Ours(1, noted=2) != Ours(2)
    assert Ours(1) != Theirs(1)  # type: ignore[comparison-overlap]
    assert hash(Named(first=1)) == hash((1, 2)) == hash(Named(first=1, second=2))
    assert Nothing() == Nothing()
    assert {Nothing(), Nothing()} == {Nothing()}


@pytest.mark.parametrize("kind", [Ours, Theirs])
@pytest.mark.parametrize("given", [(), (1, "Li", [], 0, 5)])
def test_it_takes_what_it_has_and_no_more(kind, given):
    with pytest.raises(TypeError):
        kind(*given)
    with pytest.raises(TypeError):
        kind(1, nobody=1)


def test_each_has_a_list_of_its_own():
    assert Ours(1).marks is not Ours(1).marks


def test_nothing_of_it_changes():
    value = Ours(1)
    for change in (lambda: setattr(value, "number", 2), lambda: setattr(value, "other", 2)):
        with pytest.raises(FrozenInstanceError):
            change()
    with pytest.raises(FrozenInstanceError):
        del value.number
    assert value == Ours(1)


def test_it_is_copied_pickled_replaced_and_matched():
    value = Ours(1, "Li", [3], 4)
    assert dataclasses.astuple(pickle.loads(pickle.dumps(value))) == (1, "Li", [3], 4)  # noqa: S301 - our own
    assert copy.deepcopy(value) == value
    assert dataclasses.replace(value, number=2) == Ours(2, "Li", [3])
    match value:
        case Ours(number, name):
            assert (number, name) == (1, "Li")
    with pytest.raises(TypeError):
        Named(1)  # type: ignore[call-arg]
    assert Doubled(2).twice == 4


def test_a_class_that_may_change_is_the_standard_librarys():
    with pytest.raises(TypeError, match="standard library"):
        dataclass(frozen=False, slots=True)(type("Open", (), {}))


COMPILED = """
import builtins, dataclasses
from kiosk.frozen import compiled_when_used, dataclass
compiled = []
run = builtins.exec
builtins.exec = lambda *given: (compiled.append(given), run(*given))
@dataclass(frozen=True, slots=True)
class Value:
    "One."
    number: int
    name: str = ""
made = len(compiled)
Value(1), Value(2)
print(made, len(compiled))
"""


def test_nothing_is_compiled_before_the_first_value_is_made():
    """Of six methods for each of two hundred classes, a third of a start."""
    told = subprocess.run([sys.executable, "-c", COMPILED], capture_output=True, text=True, check=True).stdout
    made, used = map(int, told.split())
    # Python 3.13 itself compiles one piece for a class, whatever it is to have.
    assert (made, used) == ((0, 1) if sys.version_info < (3, 13) else (1, 2))


PREPARED = COMPILED.replace(
    "Value(1), Value(2)",
    "from kiosk.frozen import prepare\nleft = prepare(1000)\nat_rest = len(compiled)\nValue(1), Value(2)",
).replace("print(made", "print(left, at_rest")


def test_who_has_a_moment_compiles_what_the_first_value_would_wait_for():
    told = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, check=True).stdout
    left, at_rest, used = told.split()
    assert left == "False"
    assert at_rest == used != "0"


def test_a_librarys_frozen_classes_are_made_as_ours_while_it_is_imported_and_all_others_as_ever():
    given = {"__annotations__": {"number": int}}
    with compiled_when_used():
        frozen: Any = dataclasses.dataclass(frozen=True, slots=True)(type("Value", (), dict(given)))
        open_one: Any = dataclasses.dataclass(type("Open", (), dict(given)))
    assert vars(frozen)["__init__"].__qualname__.startswith("_first_init")
    assert repr(frozen(1)) == "Value(number=1)"
    value = open_one(1)
    value.number = 2
    assert value == open_one(2)
    late: Any = dataclasses.dataclass(frozen=True, slots=True)(type("Late", (), dict(given)))
    assert not vars(late)["__init__"].__qualname__.startswith("_first_init")
