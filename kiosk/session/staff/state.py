"""What staff have set."""

from kiosk.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """`paused`: nobody is accepted until staff say so. Until `tube_until_ns` a tube's barcode counts at any scanner but
    the residents' own."""

    paused: bool = False
    tube_until_ns: int = 0
