"""A regular expression as an automaton over printable ASCII, so that two can be laid beside each other. Pure.

It is rather too wide than too narrow: look-arounds and anchors count as empty, a back reference as any text, and all
other characters as one.
"""

import re
from collections.abc import Iterable
from functools import cache
from re import _constants as node  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LARGEST = 3_000
"""States of one expression."""
LONGEST_WORK = 60_000
"""States that may be looked at for one expression or comparison, about a microsecond each."""
MOST_TIMES = 513
"""A repetition that needs more fits no plain text at all."""
FIRST, LAST = 0x20, 0x7E
OTHER = 1 << (LAST - FIRST + 1)
"""Stands for all that is not printable ASCII. A set of characters is a number with a bit for each."""
ALL = 2 * OTHER - 1

_CATEGORIES = {
    node.CATEGORY_DIGIT: r"[0-9]",
    node.CATEGORY_NOT_DIGIT: r"[^0-9]",
    node.CATEGORY_SPACE: r"\s",
    node.CATEGORY_NOT_SPACE: r"\S",
    node.CATEGORY_WORD: r"\w",
    node.CATEGORY_NOT_WORD: r"\W",
}
_WIDENED = {
    node.AT,
    node.ASSERT,
    node.ASSERT_NOT,
    node.ATOMIC_GROUP,
    node.GROUPREF,
    node.GROUPREF_EXISTS,
    node.POSSESSIVE_REPEAT,
}

States = frozenset[int]


class TooLargeError(ValueError):
    """An expression or a comparison that would take too long."""


class Language:
    """The texts that an expression fits as a whole. Raises re.error and TooLargeError."""

    def __init__(self, expression: str) -> None:
        self._steps: list[list[tuple[int, int]]] = [[]]
        self._empty: list[list[int]] = [[]]
        self._reached: dict[int, States] = {}
        self._work = 0
        self.exact = True
        """False where it is too wide."""
        parsed = parser.parse(expression)
        try:
            start = self._sequence(parsed, 0, bool(parsed.state.flags & re.IGNORECASE))
        except RecursionError as error:
            raise TooLargeError from error
        self.start = self._reach(start)
        self.sets = {characters for steps in self._steps for characters, _ in steps}

    def fits(self, states: States) -> bool:
        return 0 in states

    def after(self, states: States, character: int) -> States:
        """Where one character leads."""
        found = [self._reach(to) for each in states for characters, to in self._steps[each] if characters & character]
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def _reach(self, state: int) -> States:
        """Where one stands there without a further character."""
        known = self._reached.get(state)
        if known is None:
            known = self._reached[state] = self._closed(state)
        return known

    def _closed(self, state: int) -> States:
        found, left = set[int](), [state]
        while left:
            state = left.pop()
            if state not in found:
                found.add(state)
                left += self._empty[state]
        self._work += len(found)
        if self._work > LONGEST_WORK:
            raise TooLargeError
        return frozenset(state for state in found if state == 0 or self._steps[state])

    def _state(self, steps: list[tuple[int, int]], empty: list[int]) -> int:
        if len(self._steps) > LARGEST:
            raise TooLargeError
        self._steps.append(steps)
        self._empty.append(empty)
        return len(self._steps) - 1

    def _sequence(self, items: Any, to: int, any_case: bool) -> int:
        """The state from which the items lead to the state `to`; built from the end."""
        for operation, value in reversed(list(items)):
            to = self._item(operation, value, to, any_case)
        return to

    def _item(self, operation: Any, value: Any, to: int, any_case: bool) -> int:
        self.exact = self.exact and operation not in _WIDENED
        match operation:
            case node.BRANCH:
                return self._state([], [self._sequence(each, to, any_case) for each in value[1]])
            case node.SUBPATTERN:
                _, added, removed, items = value
                ignored = any_case or added & re.IGNORECASE
                return self._sequence(items, to, bool(ignored and not removed & re.IGNORECASE))
            case node.ATOMIC_GROUP:
                return self._sequence(value, to, any_case)
            case node.MAX_REPEAT | node.MIN_REPEAT | node.POSSESSIVE_REPEAT:
                least, most, items = value
                return self._repeated((least, most), items, to, any_case)
            case node.AT | node.ASSERT | node.ASSERT_NOT:
                return to
            case node.GROUPREF:
                return self._repeated((0, node.MAXREPEAT), [(node.ANY, None)], to, any_case)
            case node.GROUPREF_EXISTS:
                return self._state([], [self._sequence(each or [], to, any_case) for each in value[1:]])
        return self._state([(self._characters(operation, value, any_case), to)], [])

    def _repeated(self, times: tuple[int, Any], items: Any, to: int, any_case: bool) -> int:
        (least, most), end = times, to
        if most is node.MAXREPEAT:
            to = self._state([], [end])
            self._empty[to].append(self._sequence(items, to, any_case))
        else:
            for _ in range(min(most, MOST_TIMES) - min(least, MOST_TIMES)):
                to = self._state([], [self._sequence(items, to, any_case), end])
        for _ in range(min(least, MOST_TIMES)):
            to = self._sequence(items, to, any_case)
        return to

    def _characters(self, operation: Any, value: Any, any_case: bool) -> int:
        match operation:
            case node.ANY:
                return ALL
            case node.LITERAL:
                return self._between(value, value, any_case)
            case node.NOT_LITERAL:
                return (ALL & ~self._between(value, value, any_case)) | OTHER
            case node.RANGE:
                low, high = value
                return self._between(low, high, any_case)
            case node.CATEGORY:
                self.exact = self.exact and value in (node.CATEGORY_DIGIT, node.CATEGORY_NOT_DIGIT)
                return _category(value)
            case node.IN:
                return self._one_of(value, any_case)
        raise TooLargeError

    def _one_of(self, items: Any, any_case: bool) -> int:
        found = 0
        for operation, value in items:
            if operation is not node.NEGATE:
                found |= self._characters(operation, value, any_case)
        return (ALL & ~found) | OTHER if items[0][0] is node.NEGATE else found

    def _between(self, low: int, high: int, any_case: bool) -> int:
        first, last = max(low, FIRST), min(high, LAST)
        found = ((1 << (last - first + 1)) - 1) << (first - FIRST) if first <= last else 0
        if any_case:
            found |= _bits(ord(chr(code).swapcase()) for code in _codes(found))
        if low >= FIRST and high <= LAST:
            return found
        self.exact = False
        return found | OTHER


@cache
def _category(value: Any) -> int:
    """Digits that are not ASCII count as other characters: nobody writes them in a code."""
    known = re.compile(_CATEGORIES[value])
    others = 0 if value is node.CATEGORY_DIGIT else OTHER
    return others | _bits(code for code in range(FIRST, LAST + 1) if known.match(chr(code)))


def _bits(codes: Iterable[int]) -> int:
    return sum({1 << (code - FIRST) for code in codes})


def _codes(characters: int) -> Iterable[int]:
    return (code for code in range(FIRST, LAST + 1) if characters >> (code - FIRST) & 1)
