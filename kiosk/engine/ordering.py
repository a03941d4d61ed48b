"""What stands where the centre orders, as it is heard: whoever may write there takes no time of the deciding thread."""

from collections.abc import Callable

from kiosk.messages.orders import orders_in

EVERY_NS = 1_000_000_000
"""What stands there is looked at no more often: 32 forged texts take 40 ms of a fast processor."""


class Ordering:
    """Used by one thread. Of what comes meanwhile only the last is looked at: it is what stands there."""

    def __init__(self, is_genuine: Callable[[str], bool], now_ns: Callable[[], int]) -> None:
        self._is_genuine, self._now_ns = is_genuine, now_ns
        self._said: bytes | None = None
        self._looked_ns: int | None = None
        self._told = frozenset[str]()

    def begin(self) -> None:
        """Of another line all is told again."""
        self._said, self._told = None, frozenset()

    def put(self, payload: bytes) -> None:
        self._said = payload

    def due(self) -> tuple[tuple[str, ...], int]:
        """The genuine texts of which this line has not told yet, and how many are strange."""
        now_ns = self._now_ns()
        if self._said is None or (self._looked_ns is not None and now_ns - self._looked_ns < EVERY_NS):
            return (), 0
        texts, self._said, self._looked_ns = dict.fromkeys(orders_in(self._said)), None, now_ns
        known = self._told.intersection(texts)
        genuine = tuple(text for text in texts if text not in known and self._is_genuine(text))
        self._told = known.union(genuine)
        return genuine, len(texts) - len(self._told)
