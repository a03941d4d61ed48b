"""The points' shares, of which each look at the board makes only those anew that changed: of thousands few do at a
time."""

from collections.abc import Collection

from kiosk.office.board.curve import MINUTE_S
from kiosk.office.board.district import District
from kiosk.office.board.figures import Share, share


class Shares:
    """Of one district, whose `touched` points they take."""

    def __init__(self) -> None:
        self._by_point: dict[str, Share] = {}
        self._minute = -1

    def as_of(self, district: District, now_s: float) -> Collection[Share]:
        """In the order of the points. What the time of day makes of a point, its rate and a tube that grows too old, is
        as of the last full minute or of the last word."""
        minute = int(now_s // MINUTE_S)
        due = district.touched if minute == self._minute else district.known
        grows = any(point not in self._by_point for point in due)
        self._by_point.update((point, share(district, point, now_s)) for point in due)
        if grows:
            self._by_point = {point: self._by_point[point] for point in sorted(self._by_point)}
        district.touched.clear()
        self._minute = minute
        return self._by_point.values()
