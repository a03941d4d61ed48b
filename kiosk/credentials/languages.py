"""Expressions beside each other: what all of them fit, and whether one fits all of another. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator

from kiosk.credentials.expressions import ALL, FIRST, LONGEST_WORK, OTHER, Language, States, TooLargeError


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
    alphabet = _alphabet(set().union(*(language.sets for language in languages)))
    start = tuple(language.start for language in languages)
    seen, left, work = {start}, deque([("", start)]), 0
    while left:
        text, places = left.popleft()
        yield text, places
        work += sum(map(len, places)) * len(alphabet)
        if work > LONGEST_WORK:
            raise TooLargeError
        for bit, character in alphabet:
            after = tuple(language.after(states, bit) for language, states in zip(languages, places, strict=True))
            if all(after[:alive]) and after not in seen:
                seen.add(after)
                left.append((text + character, after))


def _alphabet(sets: Iterable[int]) -> list[tuple[int, str]]:
    """One character, as a bit and as it is written, for all those that no set tells apart."""
    parts = [ALL]
    for each in sets:
        parts = [part for old in parts for part in (old & each, old & ~each) if part]
    bits = [part & -part for part in parts]
    return [(bit, "…" if bit == OTHER else chr(FIRST + bit.bit_length() - 1)) for bit in bits]
