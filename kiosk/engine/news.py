"""What is told of a device that comes and goes: its end at once, the rest at most once a second, the last word always.

So a line that flaps costs two words a second, and nobody is sent to a printer that has just failed.
"""

from dataclasses import replace

from kiosk.engine.inbox import DeviceNews, PrinterNews
from kiosk.frozen import dataclass

SELDOM_NS = 1_000_000_000

News = DeviceNews | PrinterNews


@dataclass(frozen=True, slots=True)
class Telling:
    """What the engine was told last of one device, when (monotonic), and what it is still to be told."""

    told: News | None = None
    told_ns: int = -SELDOM_NS
    owed: News | None = None

    def heard(self, news: News) -> "Telling":
        return replace(self, owed=None if _same(news, self.told) else news)

    def due(self, now_ns: int) -> News | None:
        """What is to be told now; then it is `said`."""
        urgent = self.owed is not None and _worth(self.owed) < _worth(self.told)
        return self.owed if urgent or now_ns - self.told_ns >= SELDOM_NS else None

    def said(self, now_ns: int) -> "Telling":
        return Telling(self.owed, now_ns)

    def anew(self) -> "Telling":
        """The engine was told by another that the device is stuck: it hears again how it is."""
        return replace(self, told=None, owed=self.owed or self.told)

    def forgotten(self) -> "Telling":
        """The engine no longer goes by what it was told: it waits for another word."""
        return replace(self, told=None)


def _same(news: News, told: News | None) -> bool:
    match news, told:
        case DeviceNews(), DeviceNews():
            return _as_told(news) == _as_told(told)
        case PrinterNews(), PrinterNews():
            return (news.state, news.held) == (told.state, told.held)
        case _:
            return False


def _as_told(news: DeviceNews) -> tuple[bool, ...]:
    return news.up, news.held, news.deaf, news.refusing


def _worth(news: News | None) -> int:
    """The better, the more."""
    match news:
        case DeviceNews(up=False) | PrinterNews(state=None):
            return 0
        case PrinterNews(state=state) if state is not None and not state.ready:
            return 1
        case _:
            return 2
