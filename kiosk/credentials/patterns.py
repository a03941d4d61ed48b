"""Patterns that are laid over whole texts, in a time that grows no faster than the text. Pure.

`re` goes back and tries again, for ever where an expression lets it: `([A-Za-z]+)+[-]END` takes 2 to the power of the
text's length. It is asked only where it has one choice to go back to. All else is walked along the automaton, all its
ways at once; what was found on the way is kept, so that the usual texts cost a look-up a character.
"""

import re
from collections.abc import Callable
from dataclasses import field
from typing import assert_never

from kiosk.credentials.characters import Characters, holds
from kiosk.credentials.expressions import Language, States, TooLargeError
from kiosk.credentials.grammar import Choice, Node, Repeated, Row, parsed
from kiosk.frozen import dataclass

KEPT = 20_000
"""Characters and states that one walk remembers, some megabytes; then it begins to learn anew."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`fits` asks whether the expression fits the whole of a text of at most LONGEST_PLAIN characters, as
    `re.fullmatch` would tell it. Raises re.error, IrregularError and TooLargeError."""

    expression: str
    fits: Callable[[str], object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one_choice = has_one_choice(self.expression)
        fits = re.compile(self.expression).fullmatch if one_choice else Walk(Language(self.expression)).fits
        object.__setattr__(self, "fits", fits)


def has_one_choice(expression: str) -> bool:
    """Whether each way through it is known but for how often one part is repeated. Then whoever goes back has at most
    one way a character left, each no longer than the rest of the expression. Raises IrregularError, TooLargeError."""
    tree = parsed(expression)
    try:
        return all(_choices(way) <= 1 for way in (tree.ways if isinstance(tree, Choice) else (tree,)))
    except RecursionError as error:
        raise TooLargeError from error


def _choices(node: Node) -> int:
    """How many there are to go back to, or at least two."""
    match node:
        case Characters():
            return 0
        case Row(parts):
            return sum(map(_choices, parts))
        case Choice(ways):
            return len(ways)
        case Repeated(part, least, most):
            return _choices(part) * least if least == most else 1 + 2 * _choices(part)
        case _:
            assert_never(node)


class _Place(dict[str, "_Place"]):
    """Where a text has led to; leads on by the next character, and learns each way when it is first gone."""

    __slots__ = ("is_end", "states", "walk")

    def __init__(self, walk: "Walk", states: States) -> None:
        super().__init__()
        self.walk, self.states, self.is_end = walk, states, walk.language.fits(states)

    def __missing__(self, character: str) -> "_Place":
        return self.walk.learn(self, character)


class Walk:
    """All ways of an automaton at once, each character looked at once."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._start = _Place(self, language.start)
        self._known: dict[States, _Place] = {}
        self._forget()

    def fits(self, text: str) -> bool:
        place = self._start
        for character in text:
            place = place[character]
            if not place.states:
                return False
        return place.is_end

    def learn(self, place: _Place, character: str) -> _Place:
        row = sum(bool(holds(each)(character)) << at for at, each in enumerate(self.language.characters))
        states = self.language.step(place.states, row)
        if self._kept > KEPT:
            self._forget()
        known = self._known.get(states)
        if known is None:
            known = self._known[states] = _Place(self, states)
            self._kept += len(states)
        place[character] = known
        self._kept += 1
        return known

    def _forget(self) -> None:
        for place in self._known.values():
            place.clear()
        self._known, self._kept = {self._start.states: self._start}, 0
