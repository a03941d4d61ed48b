"""The line to the printer: bytes that the host has sent come no faster than its rate, and a cable may end in them."""

from math import inf

# How far ahead of the line the wire may be read, lest a late wake-up leave a gap between bytes that were there in time.
AHEAD_S = 0.004
# A real-time command may be among what is coming: it is looked for so often.
LOOK_S = 0.001


class Intake:
    """What was read from the wire and has not come yet."""

    def __init__(self, byte_s: float) -> None:
        self._byte_s = byte_s
        self._coming = b""
        self._coming_at = self._line_free = 0.0
        self._left_to_cut: int | None = None

    @property
    def empty(self) -> bool:
        return not self._coming

    @property
    def next_at(self) -> float:
        """When to look for bytes that have come; infinite if none is on its way."""
        if not self._coming:
            return inf
        return self._coming_at + min(len(self._coming) * self._byte_s, max(LOOK_S, self._byte_s))

    def most(self, room: int) -> int:
        """Bytes that may be read from the wire now for a buffer with so much room."""
        ahead, coming = max(2, int(AHEAD_S / self._byte_s)), len(self._coming)
        if coming > ahead // 2:
            return 0
        most = min(room, ahead) - coming
        return max(0, most if self._left_to_cut is None else min(most, self._left_to_cut - coming))

    def read(self, data: bytes, now: float) -> None:
        """Read from the wire at `now`."""
        if not self._coming:
            self._coming_at = max(now, self._line_free)
        # What comes after the cut is lost with the cable.
        self._coming = (self._coming + data)[: self._left_to_cut]
        self._line_free = self._coming_at + len(self._coming) * self._byte_s

    def come(self, now: float) -> tuple[bytes, float]:
        """What has come by `now`, and when the first of it began on the line."""
        count = max(0, min(len(self._coming), int((now - self._coming_at) / self._byte_s + 1e-6)))
        data, began = self._coming[:count], self._coming_at
        self._coming, self._coming_at = self._coming[count:], began + count * self._byte_s
        if self._left_to_cut is not None:
            self._left_to_cut -= count
        return data, began

    def cut_after(self, count: int) -> None:
        """The cable ends after so many more bytes."""
        self._left_to_cut = count

    def ends(self) -> bool:
        """Whether the cable has just ended; told once."""
        if self._left_to_cut is None or self._left_to_cut > 0:
            return False
        self._left_to_cut = None
        return True

    def lose(self) -> None:
        self._coming = b""
