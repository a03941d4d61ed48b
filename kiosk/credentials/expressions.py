"""An expression as an automaton, to be laid over a text or beside another expression. Pure.

Beside another it is rather too wide than too narrow where a set has some of the characters beyond printable ASCII.
"""

from functools import cached_property
from typing import assert_never

from kiosk.credentials.characters import Beyond, Characters, beyond, bits
from kiosk.credentials.grammar import Choice, Node, Repeated, Row, parsed

LARGEST = 3_000
"""States of one expression."""
LONGEST_WORK = 60_000
"""States that may be looked at for one expression, one step of it or one comparison, about a microsecond each."""
MOST_TIMES = 513
"""A repetition that needs more fits no plain text at all."""

States = frozenset[int]
NOWHERE: States = frozenset()


class TooLargeError(ValueError):
    """An expression or a comparison that would take too long."""


class Language:
    """The texts that an expression fits as a whole, `before` in front of them if that is given. Raises re.error,
    IrregularError and TooLargeError."""

    def __init__(self, expression: str, before: str = "") -> None:
        self._steps: list[list[tuple[int, int]]] = [[]]
        self._empty: list[list[int]] = [[]]
        self._places: dict[Characters, int] = {}
        try:
            start = self._built(parsed(before), self._built(parsed(expression), 0))
        except RecursionError as error:
            raise TooLargeError from error
        self._reached = self._closures({to for steps in self._steps for _, to in steps} | {start})
        self.start = self._reached[start]
        self.characters = tuple(self._places)
        """The sets that stand in it; in a row of bits each has the place that it has here."""

    @cached_property
    def exact(self) -> bool:
        """False where it is too wide."""
        return all(beyond(each) is not Beyond.SOME for each in self.characters)

    @cached_property
    def sets(self) -> set[int]:
        return set(map(bits, self.characters))

    def fits(self, states: States) -> bool:
        return 0 in states

    def step(self, states: States, row: int) -> States:
        """Where a character leads that is of the sets of the row."""
        steps, reached = self._steps, self._reached
        found = [reached[to] for each in states for place, to in steps[each] if row >> place & 1]
        return found[0] if len(found) == 1 else NOWHERE.union(*found)

    def row(self, character: int) -> int:
        """The sets that have a character, which is told as its bit."""
        return sum(bool(bits(each) & character) << place for place, each in enumerate(self.characters))

    def _closures(self, wanted: set[int]) -> dict[int, States]:
        """For each the states in which one stands there without a further character."""
        found, left = dict[int, States](), LONGEST_WORK
        for state in wanted:
            closure = self._closed(state)
            found[state] = frozenset(each for each in closure if each == 0 or self._steps[each])
            left -= len(closure)
            if left < 0:
                raise TooLargeError
        return found

    def _closed(self, state: int) -> set[int]:
        found, left = set[int](), [state]
        while left:
            state = left.pop()
            if state not in found:
                found.add(state)
                left += self._empty[state]
        return found

    def _state(self, steps: list[tuple[int, int]], empty: list[int]) -> int:
        if len(self._steps) > LARGEST:
            raise TooLargeError
        self._steps.append(steps)
        self._empty.append(empty)
        return len(self._steps) - 1

    def _built(self, node: Node, to: int) -> int:
        """The state from which the node leads to the state `to`; built from the end."""
        match node:
            case Characters():
                return self._state([(self._places.setdefault(node, len(self._places)), to)], [])
            case Row(parts):
                for part in reversed(parts):
                    to = self._built(part, to)
                return to
            case Choice(ways):
                return self._state([], [self._built(way, to) for way in ways])
            case Repeated():
                return self._repeated(node, to)
            case _:
                assert_never(node)

    def _repeated(self, node: Repeated, to: int) -> int:
        part, end, least = node.part, to, min(node.least, MOST_TIMES)
        if node.most is None:
            to = self._state([], [end])
            self._empty[to].append(self._built(part, to))
        else:
            for _ in range(min(node.most, MOST_TIMES) - least):
                to = self._state([], [self._built(part, to), end])
        for _ in range(least):
            to = self._built(part, to)
        return to
