"""How much may be said in a minute: what would be more waits, and by then is one message. Pure."""

from dataclasses import replace

from kiosk.frozen import dataclass

BURST_MIN = 4
"""What was saved up in so many minutes of silence may be said at once."""
WIRE_BYTES = 40
"""Of each message beside its topic and payload: headers of MQTT, TLS and TCP, and its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many bytes a minute; `saved` of them may be spent now, as of `at_ns` (monotonic)."""

    a_minute: int
    saved: float
    at_ns: int = 0

    def spent(self, size: int, now_ns: int) -> "Budget | None":
        """After a message of that size; None while it has to wait. One that is larger than all that may be saved goes
        when that is there, and is paid for afterwards."""
        most = float(self.a_minute * BURST_MIN)
        saved = min(most, self.saved + self.a_minute * (now_ns - self.at_ns) / 60e9)
        cost = size + WIRE_BYTES
        return replace(self, saved=saved - cost, at_ns=now_ns) if saved >= min(cost, most) else None


def budget(a_minute: int) -> Budget:
    """Nothing was said yet."""
    return Budget(a_minute, float(a_minute * BURST_MIN))
