"""A map from numbers of which the next state makes another without copying it: what waits may be thousands.

A tree of small dicts, each 32 wide, in the order of the numbers. To put or to take one thing copies the dicts on the
way to it, as many whatever else is there."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from operator import attrgetter
from typing import Any, Generic, TypeVar

from kiosk.frozen import dataclass

V = TypeVar("V")

BITS = 5
DEEP = 3 * BITS
"""Room for a million at once, so that the first is no nearer than the last; beyond, the tree grows by itself."""


@dataclass(frozen=True, slots=True)
class Node:
    """`below`: by the number's next five bits, in their order; values at the bottom, nodes above."""

    size: int = 0
    below: dict[int, Any] = field(default_factory=dict)


NOTHING = Node()
SIZE = attrgetter("size")


@dataclass(frozen=True, slots=True)
class ByNumber(Generic[V]):
    """Numbers are not negative. Values come in the order of their numbers."""

    top: Node = NOTHING
    shift: int = DEEP

    def __len__(self) -> int:
        return self.top.size

    def get(self, number: int) -> V | None:
        node, shift = self.top, self.shift
        if not node.size or number >> shift >= 1 << BITS:
            return None
        while shift:
            node = node.below.get(_slot(number, shift), NOTHING)
            shift -= BITS
        return node.below.get(_slot(number, 0))

    def put(self, number: int, value: V) -> "ByNumber[V]":
        top, shift = self.top, self.shift
        while number >> shift >= 1 << BITS:
            top, shift = Node(top.size, {0: top}), shift + BITS
        return ByNumber(_put(top, shift, number, value), shift)

    def drop(self, number: int) -> "ByNumber[V]":
        """The same map if it is not there."""
        return self if self.get(number) is None else ByNumber(_drop(self.top, self.shift, number), self.shift)

    def since(self, least: int = 0) -> Iterator[V]:
        """The values whose numbers are not below `least`; what lies before it costs nothing."""
        return _since(self.top, self.shift, least)

    def count_below(self, limit: int) -> int:
        """How many numbers are below the limit."""
        node, shift, found = self.top, self.shift, 0
        if limit >> shift >= 1 << BITS:
            return node.size
        while shift:
            slot = _slot(limit, shift)
            found += sum(map(SIZE, islice(node.below.values(), _before(node, slot))))
            node, shift = node.below.get(slot, NOTHING), shift - BITS
        return found + _before(node, _slot(limit, 0))


def _before(node: Node, slot: int) -> int:
    return bisect_left(tuple(node.below), slot)


def _slot(number: int, shift: int) -> int:
    return number >> shift & (1 << BITS) - 1


def _put(node: Node, shift: int, number: int, value: object) -> Node:
    slot = _slot(number, shift)
    if not shift:
        return Node(node.size + (slot not in node.below), _in_order(node.below, slot, value))
    child = node.below.get(slot, NOTHING)
    fuller = _put(child, shift - BITS, number, value)
    return Node(node.size + fuller.size - child.size, _in_order(node.below, slot, fuller))


def _in_order(below: dict[int, Any], slot: int, value: object) -> dict[int, Any]:
    placed = {**below, slot: value}
    return placed if slot in below or slot >= max(below, default=0) else dict(sorted(placed.items()))


def _drop(node: Node, shift: int, number: int) -> Node:
    slot = _slot(number, shift)
    child = _drop(node.below[slot], shift - BITS, number) if shift else NOTHING
    left = {**node.below, slot: child}
    if not child.size:
        del left[slot]
    return Node(node.size - 1, left)


def _since(node: Node, shift: int, least: int) -> Iterator[Any]:
    first = least >> shift
    for slot, child in node.below.items():
        if slot < first:
            continue
        if not shift:
            yield child
        else:
            yield from _since(child, shift - BITS, least & (1 << shift) - 1 if slot == first else 0)
