"""How long a device is left alone before it is opened again. Pure; decisions: Threads and queues."""

from dataclasses import replace

from kiosk.frozen import dataclass

FIRST_S = 0.1
LOOK_S = 1.0
"""The longest pause where nothing is there: to look costs nothing, and what is plugged in again is found at once."""
AWAY = 5
"""After so many looks in vain it was switched off: what comes then has nothing to do with what was before."""
JITTER = 0.25
"""The share of a pause that chance takes off, so that those who fell together do not come again together."""


@dataclass(frozen=True, slots=True)
class BackOff:
    """A device that was reached and did not serve is left alone for twice as long each time, `longest_s` at most;
    `service_s` of service in one go forget that."""

    longest_s: float
    service_s: float
    first_s: float = FIRST_S
    look_s: float = LOOK_S
    jitter: float = JITTER
    failures: int = 0
    looks: int = 0
    """How often in a row nothing was there."""

    def failed(self, served_s: float) -> "BackOff":
        """It was there and failed after so much service; 0 if there was none."""
        return replace(self, failures=1 if served_s >= self.service_s else self.failures + 1, looks=0)

    def not_there(self) -> "BackOff":
        looks = self.looks + 1
        return replace(self, failures=0 if looks >= AWAY else self.failures, looks=looks)

    def pause_s(self, chance: float) -> float:
        """`chance` from 0 to 1."""
        tries, longest_s = (self.looks, self.look_s) if self.looks else (self.failures, self.longest_s)
        return min(self.first_s * 2 ** min(tries - 1, 30), longest_s) * (1 - self.jitter * chance) if tries else 0.0


AT_HAND = BackOff(LOOK_S, 5)
"""For what hangs on this machine: knocking disturbs nobody, and somebody who has just switched it on stands there."""
IN_A_PROCESS = BackOff(30, 5)
"""Each try starts a Python and loads libraries: seconds of a small processor, at a camera that may be away for days."""
ON_THE_NETWORK = BackOff(60, 5)
"""A print server may want peace before it serves again."""


def broker(longest_s: float = 60) -> BackOff:
    """Nobody waits for it, and thousands come back together: any moment up to the pause. Of two kiosks with one name
    each serves until the other comes back."""
    return BackOff(longest_s, 60, first_s=1, look_s=longest_s, jitter=1)


BROKER = broker()
