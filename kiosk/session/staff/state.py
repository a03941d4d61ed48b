"""What staff have set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """`paused`: nobody is accepted until staff say so."""

    paused: bool = False
