"""How often a password may be guessed from one place: a few times in a go, then now and then. Pure.
decisions: The district"""

import ipaddress
from collections import OrderedDict

from kiosk.frozen import dataclass
from kiosk.office.board.door import HERE

AT_ONCE, PAUSE_S = 10, 6.0
"""People mistype, and a browser asks for several things with one wrong password; for each guess beyond these a pause:
14,400 a day."""
MANY = 20
"""Times as often from this machine: a server before ours has the guesses of all, and who asks it is anybody's word."""
PLACES = 4096
"""So many are kept; whose last guess is longest ago is forgotten first."""
NETWORK_BITS = 64
"""Of an IPv6 address: all others of the network are one owner's."""


@dataclass(frozen=True, slots=True)
class _Guessed:
    """So many guesses are not forgiven yet, as of `at_s` (monotonic)."""

    owed: float
    at_s: float


class Guesses:
    """Wrong passwords by the place they came from. A right one forgives none: others may share its place."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, _Guessed] = OrderedDict()

    def __len__(self) -> int:
        return len(self._of)

    def wait_s(self, host: str, now_s: float) -> float:
        """So long nobody there is heard, whatever they know; 0 if they are."""
        whose = place(host)
        return max(0.0, (self._owed(whose, now_s) + 1 - AT_ONCE * _many(whose)) * PAUSE_S / _many(whose))

    def note(self, host: str, now_s: float) -> None:
        """That was wrong."""
        whose = place(host)
        self._of[whose] = _Guessed(self._owed(whose, now_s) + 1, now_s)
        self._of.move_to_end(whose)
        while len(self._of) > PLACES:
            self._of.popitem(last=False)

    def _owed(self, whose: str, now_s: float) -> float:
        found = self._of.get(whose)
        return 0.0 if found is None else max(0.0, found.owed - (now_s - found.at_s) * _many(whose) / PAUSE_S)


def _many(whose: str) -> int:
    return MANY if whose in HERE else 1


def place(host: str) -> str:
    """What one owner has."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        if address.is_loopback:
            return str(address)
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(address)
