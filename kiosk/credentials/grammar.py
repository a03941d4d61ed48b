"""The regular expressions that a point may declare, as trees. Pure.

Characters, classes and sets in brackets, groups of any kind of parenthesis, alternatives and repetitions: what an
automaton can follow, written as `re` writes it. What looks around itself or refers back is refused in words.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from kiosk.credentials.characters import Characters

Node: TypeAlias = "Characters | Row | Choice | Repeated"


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    ways: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """`most` is None where there is no limit."""

    part: Node
    least: int
    most: int | None


class IrregularError(ValueError):
    """Its arguments say what the kiosk does not follow, and what to write instead."""


def parsed(expression: str) -> Node:
    """The tree of an expression that `re` takes. Raises IrregularError."""
    reading, at = _Reading(), 0
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token is None:
            raise _irregular(expression[at:])
        reading.take(token)
        at = token.end()
    return reading.tree()


_TOKEN = re.compile(
    r"""
    (?P<times> (?: [?*+] | \{ (?=[0-9,]) (?P<least>[0-9]*) (?P<upto>,(?P<most>[0-9]*))? \} ) (?P<lazy>\??) (?!\+) )
  | (?P<one> \[ \^? \]? (?:[^\]\\]|\\[^N])* \]
           | \\ (?: [dDwWsSaftnrv] | x[0-9A-Fa-f]{2} | u[0-9A-Fa-f]{4} | U[0-9A-Fa-f]{8} | [^A-Za-z0-9] )
           | (?! \{(?:[0-9]+(?:,[0-9]*)?|,[0-9]*)\} ) [^\\()\[|?*+^$] )
  | (?P<flags> \( \? [aims]+ \) )
  | (?P<open> \( (?: (?!\?) | \?P<\w+> | \? (?P<on>[aims]*) (?: - (?P<off>[ims]+) )? : ) )
  | (?P<close> \) )
  | (?P<or> \| )
  | (?P<begin> \^ | \\A )
  | (?P<end> \$ | \\Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERALLY = "Write out what may stand there"
_REFUSED = (
    (r"\(\?<?[=!]|\\[bB]", "looks around itself by {}", "Write which characters may stand there, such as [A-UW-Z]"),
    (r"\\[1-9]|\(\?P=|\(\?\(", "refers back to a group by {}", _LITERALLY),
    (r"\(\?>|(?:[?*+]|\{[0-9,]+\})\??\+", "gives nothing back of what it has read by {}", "Write it without that sign"),
    (r"\(\?[a-zA-Z-]+", "sets what the kiosk does not follow by {}", "Only letters of either case can be set, by (?i)"),
    (r"\(\?#?|\\.", "has {}, which the kiosk does not follow", _LITERALLY),
)
_ANCHORED = "a pattern fits whole texts, so it is of no use there", "Remove it"


def _irregular(rest: str) -> IrregularError:
    for form, wrong, fix in _REFUSED:
        found = re.match(form, rest)
        if found:
            return IrregularError(wrong.format(found[0]), fix)
    return IrregularError(f"cannot be followed from {rest[:8]} on", _LITERALLY)


@dataclass(slots=True)
class _Group:
    """One that is open, or the whole."""

    flags: re.RegexFlag
    ways: list[Node] = field(default_factory=list)
    row: list[Node] = field(default_factory=list)
    is_ended: bool = False
    """Whether the end of the text was asked for in this row."""
    has_end: bool = False
    """Or in any other."""
    has_begin: bool = False
    last_begins: bool = False
    """Whether its last part asks for the beginning of the text."""

    def add(self, part: Node, begins: bool = False) -> None:
        self.row.append(part)
        self.last_begins, self.has_begin = begins, self.has_begin or begins

    def end_row(self) -> None:
        self.ways.append(self.row[0] if len(self.row) == 1 else Row(tuple(self.row)))
        self.row, self.has_end, self.is_ended = [], self.has_end or self.is_ended, False

    def tree(self) -> Node:
        self.end_row()
        return self.ways[0] if len(self.ways) == 1 else Choice(tuple(self.ways))


class _Reading:
    """The tree as far as it is read. A sign that asks for the text's beginning or end is let be where it changes
    nothing, as a pattern fits whole texts, and refused elsewhere."""

    def __init__(self) -> None:
        self._open = [_Group(re.NOFLAG)]

    def tree(self) -> Node:
        if len(self._open) > 1:
            raise IrregularError("has a parenthesis that is not closed", "Close it")
        return self._open[0].tree()

    def take(self, token: re.Match[str]) -> None:
        group = self._open[-1]
        if group.is_ended and token.lastgroup in ("times", "one", "open"):
            raise IrregularError(f"goes on behind the end with {token[0]}: {_ANCHORED[0]}", "Remove the $ before it")
        match token.lastgroup:
            case "one":
                group.add(Characters(token[0], group.flags))
            case "times":
                self._repeat(group, token)
            case "flags":
                group.flags |= _flags(token[0])
            case "open":
                self._open.append(_Group((group.flags | _flags(token["on"] or "")) & ~_flags(token["off"] or "")))
            case "close":
                self._close()
            case "or":
                group.end_row()
            case "begin":
                self._begin(group, token[0])
            case "end":
                group.is_ended = True

    def _repeat(self, group: _Group, token: re.Match[str]) -> None:
        if not group.row:
            raise IrregularError(f"repeats nothing by {token[0]}", "Remove it")
        if group.last_begins:
            raise IrregularError(f"repeats its beginning by {token[0]}: {_ANCHORED[0]}", "Remove the ^")
        group.add(Repeated(group.row.pop(), *_times(token)))

    def _close(self) -> None:
        if len(self._open) == 1:
            raise IrregularError("closes a parenthesis that is not open", "Remove it")
        closed = self._open.pop()
        tree = closed.tree()
        self._open[-1].add(tree, closed.has_begin)
        self._open[-1].is_ended = closed.has_end

    def _begin(self, group: _Group, sign: str) -> None:
        if any(each.row for each in self._open):
            raise IrregularError(f"asks for the beginning within, by {sign}: {_ANCHORED[0]}", "Remove it")
        group.has_begin = True


def _flags(letters: str) -> re.RegexFlag:
    found = re.NOFLAG
    for letter in letters.strip("(?)"):
        found |= re.RegexFlag[letter.upper()]
    return found


def _times(token: re.Match[str]) -> tuple[int, int | None]:
    match token[0][0]:
        case "?":
            return 0, 1
        case "*":
            return 0, None
        case "+":
            return 1, None
    least, most = int(token["least"] or 0), token["most"]
    if token["upto"] is None:
        return least, least
    return least, int(most) if most else None
