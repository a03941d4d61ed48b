"""What a scanner's thread posts."""

import queue

from kiosk.engine.attendants import ScannerAttendant
from kiosk.engine.inbox import DeviceNews, Hinted, Inbox, Item, ScanFailed, Scanned, new_inbox
from kiosk.model import Hand
from kiosk.ports import DeviceGone, FrameError, Hint, Scan, TextScan


class Scripted:
    """A scanner that gives its lines one by one, then is unplugged."""

    def __init__(self, *lines: Scan | Hint | FrameError | None) -> None:
        self._lines: queue.SimpleQueue[Scan | Hint | FrameError | None] = queue.SimpleQueue()
        for line in lines:
            self._lines.put(line)

    def open(self) -> None: ...

    def read(self, timeout: float) -> Scan | Hint | None:  # noqa: ARG002 - nothing here waits
        try:
            line = self._lines.get(timeout=0)
        except queue.Empty:
            raise DeviceGone("scanner: unplugged") from None
        if isinstance(line, FrameError):
            raise line
        return line

    def close(self) -> None: ...


def _posted(inbox: Inbox, count: int) -> list[Item]:
    return [inbox.get(timeout=10) for _ in range(count)]


def test_scans_and_hints_reach_the_inbox_each_as_what_it_is():
    inbox, scan = new_inbox(), TextScan(b"A-0001")
    attendant = ScannerAttendant(
        "camera", inbox, Scripted(Hint.GLARE, None, FrameError("torn"), scan), hand=Hand.STAFF, now_ns=lambda: 7
    )
    attendant.start()
    posted = _posted(inbox, 5)
    attendant.stop()
    attendant.join(10)
    assert posted == [
        DeviceNews("camera", True),
        Hinted("camera", Hint.GLARE),
        ScanFailed("camera", False, "torn", Hand.STAFF),
        Scanned("camera", scan, 7, Hand.STAFF),
        DeviceNews("camera", False, "scanner: unplugged"),
    ]
