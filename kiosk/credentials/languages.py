"""Expressions beside each other: what all of them fit, and whether one fits all of another. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator

from kiosk.credentials.characters import ALL, FIRST, OTHER
from kiosk.credentials.expressions import LONGEST_WORK, Language, States, TooLargeError


def common(*languages: Language) -> str | None:
    """A shortest text that all of them fit; None if there is none. Raises TooLargeError."""
    for text, places in _walk(languages, len(languages)):
        if all(language.fits(states) for language, states in zip(languages, places, strict=True)):
            return text
    return None


def covers(wide: Language, narrow: Language) -> bool:
    """Whether it is certain that `wide` fits all that `narrow` fits. Raises TooLargeError."""
    walk = _walk((narrow, wide), 1)
    return wide.exact and all(wide.fits(theirs) for _, (ours, theirs) in walk if narrow.fits(ours))


def _walk(languages: tuple[Language, ...], alive: int) -> Iterator[tuple[str, tuple[States, ...]]]:
    """Each combination of states that some text reaches, with such a text; the first `alive` languages go on in it."""
    bits = _alphabet(set().union(*(language.sets for language in languages)))
    alphabet = [(_shown(bit), [(language.step, language.row(bit)) for language in languages]) for bit in bits]
    start = tuple(language.start for language in languages)
    seen, left, work = {start}, deque([("", start)]), 0
    while left:
        text, places = left.popleft()
        yield text, places
        work += sum(map(len, places)) * len(alphabet)
        if work > LONGEST_WORK:
            raise TooLargeError
        for character, ways in alphabet:
            after = tuple([step(states, row) for (step, row), states in zip(ways, places, strict=True)])
            if all(after[:alive]) and after not in seen:
                seen.add(after)
                left.append((text + character, after))


def _alphabet(sets: Iterable[int]) -> list[int]:
    """One character, as its bit, for all those that no set tells apart."""
    parts = [ALL]
    for each in sets:
        parts = [part for old in parts for part in (old & each, old & ~each) if part]
    return [part & -part for part in parts]


def _shown(bit: int) -> str:
    return "…" if bit == OTHER else chr(FIRST + bit.bit_length() - 1)
