"""What a pause between two keys of a wedge scanner means, pure: the end of a code, or that it broke off."""

from collections.abc import Iterable, Iterator

from drivers.hid_scanner.keys import KeyReader, Lost
from drivers.hid_scanner.layouts import LAYOUTS, Layout
from drivers.scan_frames import REST_S, TORN_S, TooLong, Torn

GAP_S = 0.1
"""Scanners type a key each 1-10 ms, people more slowly than 50 ms: this long a pause ends a scan of a scanner that
sends no Enter."""

Found = bytes | TooLong | Torn | Lost
Event = tuple[int, int, int]
"""Kind, code and value of an input event."""


class TypedCodes:
    """The codes in what one scanner types. `by_pause`: it sends no Enter after a code."""

    def __init__(self, layout: Layout = LAYOUTS["us"], by_pause: bool = False) -> None:
        self._keys = KeyReader(layout, by_silence=by_pause)
        self._pause_s = GAP_S if by_pause else TORN_S
        self._rest_by_s = 0.0
        self._opening = False

    @property
    def patience(self) -> float | None:
        """Seconds without a key that end what has begun, before the opening too; None while nothing has."""
        return self._pause_s if self._keys.inside or self._opening else None

    @property
    def amid(self) -> bool:
        """True while what comes may be the rest of a code whose beginning is lost."""
        return self._keys.amid

    def opened(self, now_s: float) -> None:
        """The device was opened, it may be amid a code."""
        self._keys.opened()
        self._opening, self._rest_by_s = True, now_s + self._pause_s

    def feed(self, events: Iterable[Event], now_s: float) -> Iterator[Found]:
        """`now_s`: any clock that never goes back."""
        if now_s > self._rest_by_s:
            self._keys.forget_torn()
        for event in events:
            yield from self._told(self._keys.event(*event), now_s)
        self._opening = self._opening and self._keys.amid

    def fallen_silent(self, now_s: float) -> Iterator[Found]:
        """No key came for as long as `patience` said, or for any time while nothing has begun."""
        self._opening = False
        yield from self._told(self._keys.silence(), now_s)
        if now_s >= self._rest_by_s:
            self._keys.forget_torn()

    def _told(self, found: Found | None, now_s: float) -> Iterator[Found]:
        if isinstance(found, Torn | TooLong | Lost):
            self._rest_by_s = now_s + REST_S
        if found is not None:
            yield found
