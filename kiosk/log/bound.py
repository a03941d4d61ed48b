"""Noise is bounded, whoever makes it: so many lines of a kind a second."""

from collections.abc import Mapping

MOST_A_SECOND = 20
Fields = Mapping[str, object]


class Bound:
    """Lets so many lines of a kind pass in a second; the next one says how many were left out."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], tuple[float, int]] = {}
        """Of each kind, when its second began and how many lines it has had since."""

    def passed(self, kind: str, fields: Fields, at_s: float) -> Fields | None:
        """What may be said of it; None for what is too much."""
        which = kind, str(fields.get("key", ""))
        began, lines = self._since.get(which, (at_s, 0))
        # Not just later: a clock that is set back must not silence anybody.
        if not 0 <= at_s - began < 1:
            if lines > MOST_A_SECOND:
                fields = {**fields, "left_out": lines - MOST_A_SECOND}
            began, lines = at_s, 0
        self._since[which] = began, lines + 1
        return fields if lines < MOST_A_SECOND else None
